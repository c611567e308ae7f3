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
    /// <summary>
    /// Whether the message arrives otherwise than the dead letter was: the transfer's row has it. Written in a form that versions which do
    /// not know of this cannot read, so that these do not carry it out.
    /// </summary>
    [JsonIgnore]
    public bool IsEdited { get; init; }

    public string Encode() =>
        IsEdited
            ? JsonSerializer.Serialize(new EditedTransfer(this), TransferJson.Default.EditedTransfer)
            : JsonSerializer.Serialize(this, TransferJson.Default.Transfer);

    /// <summary>What <see cref="Encode"/> made; <see cref="UnsupportedFormatException"/> for anything else but null.</summary>
    public static Transfer? Decode(string? text)
    {
        if (text is null)
            return null;
        try
        {
            if (JsonSerializer.Deserialize(text, TransferJson.Default.Transfer) is { Queue: not null, Table: not null } transfer)
                return transfer;
            if (
                JsonSerializer.Deserialize(text, TransferJson.Default.EditedTransfer) is
                { Edited: { Queue: not null, Table: not null } edited }
            )
                return edited with { IsEdited = true };
        }
        catch (JsonException)
        {
            // As below.
        }

        throw new UnsupportedFormatException("A dead letter on its way does not say where to.");
    }
}

/// <summary>The form of a transfer that is edited.</summary>
internal sealed record EditedTransfer(Transfer Edited);

[JsonSerializable(typeof(EditedTransfer))]
[JsonSerializable(typeof(Transfer))]
[JsonSerializable(typeof(TransferSource))]
internal sealed partial class TransferJson : JsonSerializerContext;
