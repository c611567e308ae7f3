using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>
/// Within what deduplication ids of a FIFO queue are told apart: the queue or the message group. A queue of one shard knows its ids as a
/// whole; for the scope of a group it is given ids that have the group in them. A queue of several shards tells them apart by group itself.
/// </summary>
internal static class DeduplicationScope
{
    public const string Queue = "queue";
    public const string MessageGroup = "messageGroup";

    private const string ChangedAt = "DeduplicationScopeChangedAt";

    /// <summary>The scope that holds, whatever the attribute was set to.</summary>
    public static string Of(QueueSettings settings) =>
        settings.Shards > 1 ? MessageGroup : settings.Annotation(SqsAttribute.DeduplicationScope) ?? Queue;

    /// <summary>Whether the queue is given ids that have the group in them.</summary>
    public static bool IsSpelledOut(QueueSettings settings) => settings.Shards == 1 && Of(settings) == MessageGroup;

    /// <summary>The id that has the group in it.</summary>
    public static string SpellOut(string group, string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{group}\n{id}")));

    /// <summary>Sets the attribute, and notes when the scope changed: ids of before are known by their other spelling.</summary>
    /// <param name="now">Null: the queue is new.</param>
    public static void Set(QueueDraft draft, string scope, DateTimeOffset? now)
    {
        if (now is { } at && Of(draft.ToSettings()) != scope)
            draft.Note(ChangedAt, at.ToString("O", CultureInfo.InvariantCulture));
        draft.Annotate(SqsAttribute.DeduplicationScope, scope);
    }

    /// <summary>Whether ids are still remembered from before the scope changed.</summary>
    public static bool HasChangedSince(QueueSettings settings, DateTimeOffset began) =>
        settings.Note(ChangedAt) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
        && at > began;
}

/// <summary>Finds what a message repeats that was sent before the scope of deduplication changed.</summary>
internal sealed class FormerScope(QueueEngine engine, TimeProvider time)
{
    /// <summary>For how long a process may go by the scope of before.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(1);

    /// <summary>The message that this one repeats; null: none, or it has no id.</summary>
    public async Task<Outcome<Enqueued?>> FindAsync(QueueInfo queue, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var settings = queue.Settings;
        if (
            message is not { DeduplicationId: { } id, Message.GroupId: { } group }
            || !DeduplicationScope.HasChangedSince(settings, time.GetUtcNow() - settings.DeduplicationWindow - Lag)
        )
            return (Enqueued?)null;
        var other = DeduplicationScope.IsSpelledOut(settings) ? id : DeduplicationScope.SpellOut(group, id);
        return await engine.FindRepeatedAsync(queue.Name, group, other, cancellationToken);
    }
}
