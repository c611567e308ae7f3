namespace FuncQueue.Client.Transport;

/// <summary>When a request may be sent once more.</summary>
internal enum Repetition
{
    /// <summary>Never: its body is a stream that is read once.</summary>
    Never,

    /// <summary>Where the attempt surely had no effect.</summary>
    IfNothingHappened,

    /// <summary>Always: a second one changes nothing that the first one did.</summary>
    Always,
}
