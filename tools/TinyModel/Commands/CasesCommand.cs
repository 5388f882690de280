using System.CommandLine;
using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Corpus;
using SkPaged.TinyModel.Eval;
using SkPaged.TinyModel.Training;

namespace SkPaged.TinyModel.Commands;

/// <summary>
/// <c>cases</c>: writes dialogues of the evaluation for checks outside this project.
/// </summary>
internal static class CasesCommand
{
    public static Command Create()
    {
        var (folder, seed) = (CommonOptions.Folder(), CommonOptions.Seed(1001));
        var count = new Option<int>("--count")
        {
            Description = "How many dialogues.",
            DefaultValueFactory = _ => 100,
        };
        var output =
            new Option<FileInfo>("--output")
            {
                Description = "The file to write.",
                Required = true
            };
        var (forms, share) = (CommonOptions.Forms(), CommonOptions.Share());
        var command = new Command("cases", "Writes dialogues of the evaluation as JSON lines.")
        {
            folder, seed, count, output, forms, share,
        };
        command.SetAction(parsed =>
        {
            var tokenizer =
                new BpeTokenizer(ModelFolder.ReadTokenizer(parsed.GetValue(folder)!.FullName));
            using var writer = new StreamWriter(parsed.GetValue(output)!.FullName);
            var requests =
                new RequestForms(parsed.GetValue(forms) == "second", parsed.GetValue(share));
            CaseFile.Write(writer,
                EvalSet.Generate(
                    parsed.GetValue(seed), parsed.GetValue(count), requests: requests), tokenizer);
        });
        return command;
    }
}
