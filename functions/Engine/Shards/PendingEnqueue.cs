using Azure;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>A message ready to be written, and the caller who waits for it.</summary>
internal sealed class PendingEnqueue
{
    private readonly TaskCompletionSource<Outcome<Enqueued>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The message in bytes (<see cref="MessageCodec"/>).</summary>
    public required byte[] Encoded { get; init; }

    public required int Lane { get; init; }

    /// <summary>How long to hold it back from the commit on; zero: not at all.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>When to make it ready, instead of <see cref="Delay"/>.</summary>
    public required DateTimeOffset? EnqueueAt { get; init; }

    public required TimeSpan? TimeToLive { get; init; }

    public required ulong GroupHash { get; init; }

    public required long BodyLength { get; init; }

    /// <summary>The finished upload of the body, if it is a payload.</summary>
    public (Guid Payload, ETag ETag)? Upload { get; init; }

    /// <summary>What makes a repeat of it one; null: repeats are messages of their own.</summary>
    public DeduplicationKey? Key { get; init; }

    /// <summary>Those that it shares its key with; null: it has its key, if any, for itself.</summary>
    public EnqueuedTogether? Together { get; set; }

    /// <summary>Its place among <see cref="Together"/>.</summary>
    public int Place { get; init; }

    /// <summary>How long the key is remembered, from the commit on.</summary>
    public TimeSpan KeyWindow { get; init; }

    /// <summary>The feed that it is part of; null: a caller's own message.</summary>
    public Feed? Feed { get; set; }

    /// <summary>Times that others were first where the order is kept.</summary>
    public int Overtaken { get; set; }

    public Task<Outcome<Enqueued>> Completion => completion.Task;

    public void Complete(Outcome<Enqueued> outcome)
    {
        completion.TrySetResult(outcome);
        if (outcome.Failure is { } failure)
            Feed?.Fail(failure);
    }

    /// <summary>Whether it must be inserted together with another.</summary>
    public bool GoesWith(PendingEnqueue other) =>
        (Feed is not null && Feed == other.Feed) || (Together is not null && Together == other.Together);

    /// <summary>When it can first be delivered, if written at <paramref name="now"/>.</summary>
    public DateTimeOffset ReadyAt(DateTimeOffset now)
    {
        var at = EnqueueAt ?? now + Delay;
        return at < now ? now : at;
    }
}
