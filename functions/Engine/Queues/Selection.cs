using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Which of the messages in a row a filter means; no filter means all. Pure.</summary>
internal static class Selection
{
    /// <summary>Whether rows must be read with their bodies: when a message was dead-lettered, too, stands in its body.</summary>
    public static bool NeedsBodies(this MessageFilter? filter, MessageSource source) =>
        filter is not null && (source == MessageSource.DeadLetters || filter.IsAboutContent);

    public static bool Matches(this MessageFilter? filter, BatchRow row, int slot, MessageSource source)
    {
        if (filter is null)
            return true;
        if (!filter.NeedsBodies(source))
            return filter.IsOfTime(row.Index.EnqueuedAt);
        // Most others are told by the hash, without taking them apart.
        if (filter.GroupId is { } group && row.Index.Messages[slot].GroupHash != GroupHash.Of(group))
            return false;
        var content = row.ContentOf(slot);
        var at = source == MessageSource.DeadLetters ? content.DeadLetteredAt : null;
        return filter.IsOfTime(at ?? row.Index.EnqueuedAt)
            && (filter.Reason is null || filter.Reason == content.DeadLetterReason)
            && (filter.GroupId is null || filter.GroupId == content.GroupId)
            && filter.TakesAttributes(content.Attributes);
    }

    private static bool IsOfTime(this MessageFilter filter, DateTimeOffset at) => !(at >= filter.Before) && !(at < filter.After);
}
