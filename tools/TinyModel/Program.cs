using System.CommandLine;
using SkPaged.TinyModel.Commands;

var root = new RootCommand("Makes the embedded model: corpus, tokenizer, training, evaluation.")
{
    CorpusCommand.Create(), TokenizerCommand.Create(), TrainCommand.Create(), EvalCommand.Create(),
    CasesCommand.Create(), MixCommand.Create(),
};
return root.Parse(args).Invoke();
