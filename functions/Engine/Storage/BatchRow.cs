using System.Globalization;
using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// A table row as read or written: the messages committed together, with the state they had under <see cref="ETag"/>. Immutable;
/// a new state is a new object.
/// </summary>
internal sealed record BatchRow
{
    public required int Shard { get; init; }

    public required string Key { get; init; }

    public required BirthRow Birth { get; init; }

    /// <summary>Place in the birth row of this row's first message; not zero only for dead letters.</summary>
    public required int FirstIndex { get; init; }

    public required ETag ETag { get; init; }

    public required MessageState[] State { get; init; }

    public required RowIndex Index { get; init; }

    /// <summary>The messages themselves, end to end; null when only the small columns were read.</summary>
    public required ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Of a dead letter whose state is <see cref="SlotStatus.Moving"/>: where it goes.</summary>
    public Transfer? Transfer { get; init; }

    public int Count => State.Length;

    /// <summary>About what the row takes in memory.</summary>
    public int ApproximateBytes => 256 + State.Length * 96 + (Data?.Length ?? 0);

    /// <summary>On FIFO queues, where a row's key holds the sequence number of its first message: the number behind its last.</summary>
    public long SequenceEnd => SequenceNumberOf(State.Length);

    public int EncodedLength
    {
        get
        {
            var sum = 0;
            foreach (var message in Index.Messages)
                sum += message.EncodedLength;
            return sum;
        }
    }

    /// <summary>On FIFO queues: the number of a message, which rises over the shard in the order of the commits.</summary>
    public long SequenceNumberOf(int slot) => Birth.TimeMicros + FirstIndex + slot;

    public MessageId IdOf(int slot) => new MessageLocation(Shard, Birth, FirstIndex + slot).ToId();

    /// <summary>The encoded message; the data must have been read.</summary>
    public ReadOnlyMemory<byte> EncodedMessage(int slot)
    {
        var data = Data ?? throw new InvalidOperationException("The data of this row was not read.");
        var offset = 0;
        for (var i = 0; i < slot; i++)
            offset += Index.Messages[i].EncodedLength;
        return data.Slice(offset, Index.Messages[slot].EncodedLength);
    }

    public MessageContent ContentOf(int slot) => MessageCodec.Decode(EncodedMessage(slot));

    /// <summary>Takes a row key of a live row or a dead letter apart.</summary>
    public static bool TryParseKey(string key, out BirthRow birth, out int firstIndex)
    {
        firstIndex = 0;
        if (!key.StartsWith('d'))
            return BirthRow.TryParse(key, out birth);
        birth = default;
        return key.Length == 1 + BirthRow.KeyLength + 2
            && int.TryParse(
                key.AsSpan(1 + BirthRow.KeyLength),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out firstIndex
            )
            && BirthRow.TryParse(key.AsSpan(1, BirthRow.KeyLength), out birth);
    }
}
