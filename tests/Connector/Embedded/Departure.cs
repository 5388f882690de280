namespace SkPaged.Connector.Tests.Embedded;

/// <summary>When and how a caller gives up.</summary>
internal enum Departure
{
    /// <summary>The token is cancelled before the call.</summary>
    BeforeTheCall,

    /// <summary>Cancelled before the first token of the prompt is computed.</summary>
    InTheQueue,

    /// <summary>Cancelled while a part of the prompt is computed, and more is left.</summary>
    InPrefill,

    /// <summary>Cancelled while it decodes.</summary>
    InDecode,

    /// <summary>Cancelled by a timer, wherever it then is.</summary>
    AnyTime,

    /// <summary>Leaves the loop over the stream, which disposes the enumerator.</summary>
    BreaksOff,

    /// <summary>Reads once and forgets the enumerator, without disposing it.</summary>
    ForgetsTheStream,

    /// <summary>Cancels what is complete.</summary>
    AfterTheEnd,

    /// <summary>Stays to the end.</summary>
    Never,
}
