namespace FuncQueue.Chaos.Histories;

/// <summary>One receipt settled, or tried to.</summary>
public sealed record Settled
{
    public required string Queue { get; init; }

    public required Verb Verb { get; init; }

    public required string MessageId { get; init; }

    public required string Lease { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required Ending Ending { get; init; }

    /// <summary><see cref="Histories.Answer.None"/> unless the call ended well.</summary>
    public Answer Answer { get; init; }

    /// <summary>After an extension: until when the lease certainly holds, or would hold if the call was carried out.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>What the clock of the process that was asked was ahead, at most: to it, the lease may have ended so much earlier.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Ends the lease if it was carried out.</summary>
    public bool EndsLease => Verb != Verb.Extend;

    /// <summary>Whether it may have changed anything.</summary>
    public bool MayHaveHappened => Ending == Ending.Unknown || (Ending == Ending.Ok && Answer == Answer.Ok);

    public bool Happened => Ending == Ending.Ok && Answer == Answer.Ok;
}
