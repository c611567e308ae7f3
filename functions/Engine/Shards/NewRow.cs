using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>A row to be inserted, and the messages in it, in their order.</summary>
internal sealed class NewRow(BatchRow row, IReadOnlyList<PendingEnqueue> messages) : WriteOwner
{
    /// <summary>Most bytes of messages in a row, below Table Storage's 1 MiB an entity.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>What a message takes beside itself, about: its state, its index, the rows that go with it.</summary>
    public const int BytesBeside = 160;

    public BatchRow Row => row;

    public IReadOnlyList<PendingEnqueue> Messages => messages;

    /// <summary>Bytes that it takes, about.</summary>
    public int Bytes => 512 + (row.Data?.Length ?? 0) + (row.Count * BytesBeside);

    /// <summary>Cuts messages into rows, in their order; those of a feed have rows of their own.</summary>
    /// <param name="most">Most messages of a row.</param>
    public static IEnumerable<List<PendingEnqueue>> Cut(IEnumerable<PendingEnqueue> messages, int most)
    {
        var (row, bytes) = (new List<PendingEnqueue>(), 0);
        foreach (var message in messages)
        {
            if (row.Count > 0 && (IsFull(message) || message.Feed != row[^1].Feed))
            {
                yield return row;
                (row, bytes) = ([], 0);
            }

            row.Add(message);
            bytes += message.Encoded.Length;
        }

        if (row.Count > 0)
            yield return row;

        bool IsFull(PendingEnqueue next) =>
            row.Count >= (next.Feed?.InRow ?? (next.Together is null ? most : EnqueuedTogether.InRow(most)))
            || bytes + next.Encoded.Length > MaxBytes;
    }

    public static NewRow Of(int shard, BirthRow birth, List<PendingEnqueue> messages, DateTimeOffset now)
    {
        var data = new byte[messages.Sum(m => m.Encoded.Length)];
        var at = 0;
        foreach (var message in messages)
        {
            message.Encoded.CopyTo(data, at);
            at += message.Encoded.Length;
        }

        return new NewRow(
            new BatchRow
            {
                Shard = shard,
                Key = birth.Key,
                Birth = birth,
                FirstIndex = 0,
                ETag = default(ETag),
                State = [.. messages.Select(m => MessageState.ReadyAt(m.ReadyAt(now)))],
                Index = new RowIndex(
                    now,
                    [
                        .. messages.Select(m => new MessageIndex(
                            m.GroupHash,
                            m.ReadyAt(now) + m.TimeToLive,
                            m.Encoded.Length,
                            m.BodyLength,
                            m.Upload?.Payload
                        )),
                    ]
                ),
                Data = data,
            },
            messages
        );
    }

    /// <summary>
    /// What the row at its key, as read, says of the insert; absent it says nothing, since others may have had all of it by now.
    /// </summary>
    public Sight See(BatchRow? found) =>
        found is not null && found.Index.EnqueuedAt == row.Index.EnqueuedAt && found.Count == row.Count ? Sight.Ours : Sight.Unread;
}
