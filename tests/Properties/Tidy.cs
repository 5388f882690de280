using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties;

/// <summary>The house rules that no analyzer knows, over all sources of the repository.</summary>
public partial class Tidy
{
    private const int FileLinesMax = 400;
    private const int KernelLinesMax = 600;
    private const int FunctionLinesMax = 70;
    private const int ColumnsMax = 100;

    private static readonly string[] s_folders = ["src", "tests", "samples", "bench", "tools"];

    private static readonly DirectoryInfo s_root = RootAbove(AppContext.BaseDirectory);

    private static readonly IReadOnlyList<Source> s_sources =
    [
        .. Files(".cs", ".cu", ".cuh")
            .Select(file => new Source(Relative(file), File.ReadAllText(file))),
    ];

    // A project may refer to those behind it in this order, never to one before or beside it.
    private static readonly string[] s_arrows =
        ["Server", "Connector", "Engine.Cuda", "Engine.Pure"];

    // Where Engine.Pure changes a value in place, and why nobody can see it.
    private static readonly Dictionary<string, string> s_mutable = new()
    {
        ["Block.ReferenceCount"] = "changed through a pool edit's reference, noted before",
        ["Block.Previous"] = "changed through a pool edit's reference, noted before",
        ["Block.Next"] = "changed through a pool edit's reference, noted before",
        ["Block.Hash"] = "changed through a pool edit's reference, noted before",
        ["Block.Content"] = "changed through a pool edit's reference, noted before",
        ["Buffer._claimed"] = "who owns a free slot; no list reads past its own count",
        ["PersistentVector._place"] = "where the elements are; what they are never changes",
        ["Place._notes"] = "who writes the cells; the elements of the place stay as they were",
        ["Place._spare"] = "storage without a meaning, used once",
        ["Cell.Value"] = "noted before it is written, for every version that can see it",
        ["Cell.Edit"] = "which edit noted it last",
        ["Notes.Cells"] = "taken at an edit's first write",
        ["Notes._chunks"] = "written by the edit whose notes they are",
        ["Notes._next"] = "ends an edit for all copies of its editor",
        ["Notes._number"] = "told at an edit's first write",
        ["Notes._count"] = "written by the edit whose notes they are",
    };

    [Fact]
    public void No_file_is_longer_than_400_lines_a_kernel_600() =>
        AssertNone(s_sources
            .Where(source => source.Lines.Length
                > (source.IsCSharp ? FileLinesMax : KernelLinesMax))
            .Select(source => $"{source.Path}: {source.Lines.Length} lines"));

    [Fact]
    public void No_function_is_longer_than_70_lines() =>
        AssertNone(s_sources.Where(source => source.IsCSharp).SelectMany(LongFunctions));

    [Fact]
    public void A_function_of_71_lines_would_be_found_in_line_2()
    {
        var body = string.Concat(Enumerable.Repeat("x++;\n", FunctionLinesMax - 2));
        var source = new Source("a.cs", $"class C {{\nvoid F() {{\n{body}\n}} }}");
        Assert.Equal(["a.cs(2): 71 lines"], LongFunctions(source));
    }

    // An address cannot be broken.
    [Fact]
    public void No_line_is_longer_than_100_columns() =>
        AssertNone(EachLine(line => line.Length > ColumnsMax
            && !line.Contains("://", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_is_left_to_do_in_a_comment() =>
        AssertNone(EachLine(line => LeftToDo().IsMatch(line)));

    [Fact]
    public void References_between_projects_run_along_the_arrows() =>
        AssertNone(
            from project in Files(".csproj")
            let source = Relative(project)
            from reference in XDocument.Load(project).Descendants("ProjectReference")
            let path = reference.Attribute("Include")!.Value.Replace('\\', '/')
            let target = Relative(Path.Combine(Path.GetDirectoryName(project)!, path))
            where !IsAlong(source, target)
            select $"{source} refers to {target}");

    [Fact]
    public void Every_project_in_src_has_its_place_on_the_arrows() =>
        AssertNone(Files(".csproj")
            .Select(Relative)
            .Where(project => project.StartsWith("src/", StringComparison.Ordinal)
                && Rank(project) < 0));

    [Fact]
    public void Engine_Pure_refers_to_the_base_library_and_LanguageExt_alone() =>
        AssertNone(typeof(Scheduler).Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal)
                && name is not "LanguageExt.Core"));

    [Fact]
    public void Every_field_of_Engine_Pure_is_readonly_but_for_those_that_nobody_can_see_change() =>
        Assert.Equal(s_mutable.Keys.Order(), MutableFields().Order());

    // The banned symbols do not see these: the compiler calls what is behind them.
    [Fact]
    public void Engine_Pure_neither_locks_nor_waits() =>
        AssertNone(
            from source in s_sources
            where source.IsCSharp
                && source.Path.StartsWith("src/Engine.Pure/", StringComparison.Ordinal)
            from node in source.Root.DescendantNodes()
            where node is LockStatementSyntax or AwaitExpressionSyntax
            select $"{source.Path}: {node}");

    // Extension methods live where their callers' usings point already.
    [Fact]
    public void Namespaces_in_src_are_the_project_and_at_most_one_segment() =>
        AssertNone(
            from source in s_sources
            where source.IsCSharp && source.Path.StartsWith("src/", StringComparison.Ordinal)
                && !source.Path.Contains("/Extensions/", StringComparison.Ordinal)
            let project = $"SkPaged.{source.Path.Split('/')[1]}"
            from space in source.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            let name = $"{space.Name}"
            where name != project && (!name.StartsWith($"{project}.", StringComparison.Ordinal)
                || name[(project.Length + 1)..].Contains('.'))
            select $"{source.Path}: {name}");

    private static IEnumerable<string> LongFunctions(Source source) =>
        from function in source.Root.DescendantNodes()
        where function is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax
            or AccessorDeclarationSyntax
        let span = function.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > FunctionLinesMax
        select $"{source.Path}({span.StartLinePosition.Line + 1}): {lines} lines";

    private static IEnumerable<string> MutableFields() =>
        typeof(Scheduler).Assembly.GetTypes()
            .Where(type => !type.IsByRefLike && !IsGenerated(type) && !type.IsEnum)
            .SelectMany(type => type.GetFields(
                BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
                | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsInitOnly && !field.IsLiteral)
            .Select(field => $"{field.DeclaringType!.Name.Split('`')[0]}.{PropertyOf(field.Name)}");

    // A property's own field is called <Name>k__BackingField.
    private static string PropertyOf(string field) => field.Split('<', '>') is [_, var name, _]
        ? name
        : field;

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    // Whoever is not in src may refer to all, and nobody in src to it.
    private static bool IsAlong(string source, string target) => Rank(source) < Rank(target)
        || (Rank(source) < 0 && Rank(target) < 0);

    private static int Rank(string project) => project.Split('/') is ["src", var name, ..]
        ? Array.IndexOf(s_arrows, name)
        : -1;

    private static IEnumerable<string> EachLine(Func<string, bool> breaks) =>
        from source in s_sources
        from line in source.Lines.Index()
        where breaks(line.Item)
        select $"{source.Path}({line.Index + 1}): {line.Item.Trim()}";

    private static void AssertNone(IEnumerable<string> breaches) =>
        Assert.True(!breaches.Any(), string.Join(Environment.NewLine, breaches));

    private static IEnumerable<string> Files(params string[] endings) =>
        s_folders
            .Select(folder => Path.Combine(s_root.FullName, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(
                folder, "*", SearchOption.AllDirectories))
            .Where(file => endings.Contains(Path.GetExtension(file)) && !IsBuilt(file))
            .Order(StringComparer.Ordinal);

    private static bool IsBuilt(string file) =>
        Relative(file).Split('/').Any(folder => folder is "bin" or "obj" or "artifacts");

    private static string Relative(string file) =>
        Path.GetRelativePath(s_root.FullName, file).Replace('\\', '/');

    private static DirectoryInfo RootAbove(string folder)
    {
        var root = new DirectoryInfo(folder);
        while (!File.Exists(Path.Combine(root.FullName, "SkPaged.sln")))
            root = root.Parent
                ?? throw new DirectoryNotFoundException($"No SkPaged.sln above {folder}.");
        return root;
    }

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b")]
    private static partial Regex LeftToDo();

    private sealed class Source(string path, string text)
    {
        private readonly Lazy<SyntaxNode> _root = new(() => CSharpSyntaxTree
            .ParseText(
                text, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview))
            .GetRoot());

        public string Path { get; } = path;

        public bool IsCSharp { get; } = path.EndsWith(".cs", StringComparison.Ordinal);

        public string[] Lines { get; } = text.TrimEnd('\n').Split('\n');

        public SyntaxNode Root => _root.Value;
    }
}
