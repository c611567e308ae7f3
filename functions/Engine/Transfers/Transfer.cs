using System.Text.Json;
using System.Text.Json.Serialization;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>Dead letters on their way to another queue. It stands in each of their rows, with the state <c>Moving</c>.</summary>
/// <param name="Queue">The queue they go to.</param>
/// <param name="Table">Its table: a later generation of the queue does not get them.</param>
/// <param name="Shard">The shard they go to.</param>
internal sealed record Transfer(Guid Id, string Queue, string Table, int Shard)
{
    public string Encode() => JsonSerializer.Serialize(this, TransferJson.Default.Transfer);

    /// <summary>What <see cref="Encode"/> made; <see cref="UnsupportedFormatException"/> for anything else but null.</summary>
    public static Transfer? Decode(string? text)
    {
        if (text is null)
            return null;
        try
        {
            if (JsonSerializer.Deserialize(text, TransferJson.Default.Transfer) is { Queue: not null, Table: not null } transfer)
                return transfer;
        }
        catch (JsonException)
        {
            // As below.
        }

        throw new UnsupportedFormatException("A dead letter on its way does not say where to.");
    }
}

[JsonSerializable(typeof(Transfer))]
[JsonSerializable(typeof(TransferSource))]
internal sealed partial class TransferJson : JsonSerializerContext;
