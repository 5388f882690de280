using System.Text;
using SkPaged.Connector;
using SkPaged.Connector.Templates;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Weights;

namespace SkPaged.BatchGenerate;

/// <summary>Files or standard streams, UTF-8 without a mark.</summary>
internal static class BatchFiles
{
    private const string Standard = "-";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static TextReader OpenInput(string path) =>
        path == Standard
            ? new StreamReader(Console.OpenStandardInput(), Utf8)
            : new StreamReader(path, Utf8);

    public static TextWriter OpenOutput(string path) =>
        path == Standard
            ? new StreamWriter(Console.OpenStandardOutput(), Utf8)
            : new StreamWriter(path, append: false, Utf8);

    /// <summary>Whether a message is enough: what went wrong is the user's to mend.</summary>
    public static bool IsUsersMistake(Exception wrong) =>
        wrong is IOException or UnauthorizedAccessException or ModelFileException
            or ModelConfigException or ModelFolderException or TokenizerFormatException
            or ChatTemplateException or LibTorchException or EngineConfigException
            or DeviceUnavailableException or KvCacheTooSmallException;
}
