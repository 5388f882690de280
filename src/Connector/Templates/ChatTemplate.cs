using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace SkPaged.Connector.Templates;

/// <summary>
/// A model's chat template: Jinja, as Hugging Face transformers runs it (trim_blocks,
/// lstrip_blocks, an immutable sandbox, <c>tojson</c>, <c>raise_exception</c>, <c>strftime_now</c>,
/// loop controls and <c>generation</c> blocks). Compile it once a model; it is immutable and safe
/// for any number of threads.
/// </summary>
/// <remarks>
/// Templates are untrusted input. A render is bounded in steps (20 million), in the length of its
/// text (8 Mi characters) and in depth (1,000 nested evaluations, values nested 128 deep); beyond
/// any of them it fails with a <see cref="ChatTemplateException"/>. Nothing but the time is read
/// from outside.
/// </remarks>
public sealed class ChatTemplate
{
    private readonly ImmutableArray<Statement> _body;

    private ChatTemplate(string source, ImmutableArray<Statement> body) =>
        (Source, _body) = (source, body);

    /// <summary>The template's source, as given.</summary>
    public string Source { get; }

    /// <summary>Compiles a template.</summary>
    /// <param name="source">
    /// Jinja source, such as <c>chat_template</c> of a tokenizer_config.json.
    /// </param>
    /// <exception cref="ChatTemplateException">
    /// A syntax error or an unknown construct; the line and column say where. As in Jinja, an
    /// unknown filter or test under a condition is an error only when it is reached.
    /// </exception>
    public static ChatTemplate Compile(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, StatementParser.Parse(source));
    }

    /// <summary>Renders the template; the same variables always give the same text.</summary>
    /// <param name="variables">
    /// What the template sees: <c>messages</c>, <c>tools</c>, <c>add_generation_prompt</c>,
    /// <c>bos_token</c> and whatever else it asks for. One left out is undefined; a JSON null is
    /// <c>none</c>.
    /// </param>
    /// <param name="clock">
    /// What <c>strftime_now</c> reads, in its local time zone; the system's by default.
    /// </param>
    /// <exception cref="ChatTemplateException">
    /// The template raised it, with its message; or an expression failed, or a limit is exceeded.
    /// </exception>
    public string Render(JsonObject variables, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        try
        {
            var scope = new Scope(null);
            foreach (var (name, value) in variables)
                scope.Set(name, JsonInput.Read(value));
            var output = new TextBuilder();
            var rendering = new Rendering(clock ?? TimeProvider.System);
            Executor.Execute(_body, new Frame(rendering, new Scope(scope), output));
            return output.ToString();
        }
        catch (TemplateFault fault)
        {
            throw fault.ToException();
        }
    }
}
