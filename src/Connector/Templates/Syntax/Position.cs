namespace SkPaged.Connector.Templates;

/// <summary>
/// A place in a template's source: line and column, both from 1; default is "nowhere".
/// </summary>
internal readonly record struct Position(int Line, int Column);
