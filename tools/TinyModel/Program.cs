using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;
using SkPaged.TinyModel.Bpe;

var sw = System.Diagnostics.Stopwatch.StartNew();
var counts = new WordCounts();
long letters = 0;
for (var i = 0UL; letters < 30_000_000; i++)
{
    var d = DialogueMaker.Make(new Chooser(Dice.For(1, i), Split.Train), new(3000));
    var text = ChatRenderer.Render([.. d.Turns.Select(t => t.Message)], d.Tools, false);
    letters += text.Length;
    foreach (var token in SpecialTokens.All) text = text.Replace(token, "\n");
    counts.Add(text);
}
Console.WriteLine($"{counts.All.Count} words {sw.Elapsed}");
var merges = BpeTrainer.Train(counts.All, counts.Spaced, 2400, 4096 - 256 - 9 - 2400);
Console.WriteLine($"{merges.Count} {sw.Elapsed}");
TokenizerFile.Write("/tmp/tokenizer.json", new Vocabulary(merges));
var v = TokenizerFile.Read("/tmp/tokenizer.json");
Console.WriteLine(v.Pieces.Count);
var tok = new BpeTokenizer(v);
sw.Restart(); long tokens = 0, chars = 0;
var ids = new List<int>();
for (var i = 0UL; i < 3000; i++)
{
    var d = DialogueMaker.Make(new Chooser(Dice.For(2, i), Split.Train, tok.LetterPieces()), new(3000));
    foreach (var part in ChatRenderer.Parts([.. d.Turns.Select(t => t.Message)], d.Tools)) { ids.Clear(); tok.Encode(part.Text, ids); tokens += ids.Count; chars += part.Text.Length;}
}
Console.WriteLine($"{tokens} tokens {chars} letters, {tokens / sw.Elapsed.TotalSeconds:0} tokens/s");
foreach (var s in new[] { "The Harbour Cafe opens at 8:00. Anna Zorvath is the cook.", "{\"name\": \"Weather_GetTemperature\", \"arguments\": {\"city\": \"Zorvath\"}}", "in Zorvath? the humidity GetHumidity get_humidity café" })
{ ids.Clear(); tok.Encode(s, ids); Console.WriteLine(string.Join("|", ids.Select(i => v.Pieces[i]))); if (tok.Decode(ids) != s) Console.WriteLine("MISMATCH"); }
