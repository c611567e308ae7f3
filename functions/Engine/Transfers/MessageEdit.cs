using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>A dead letter as it is to be when it is live again.</summary>
/// <param name="Encoded">The message with its inline body, as the dead letter's row has it.</param>
/// <param name="ReplacesBody">Whether the body is another one; then <paramref name="Payload"/> has it, or the row.</param>
internal sealed record MessageEdit(ReadOnlyMemory<byte> Encoded, long BodyLength, bool ReplacesBody, Guid? Payload)
{
    /// <param name="dead">Read with its body.</param>
    /// <param name="payload">Where the new body was uploaded to; null: there is none, or it fits its row.</param>
    public static MessageEdit Of(BatchRow dead, Resubmission asked, Guid? payload)
    {
        var content = dead.ContentOf(0);
        return new MessageEdit(
            MessageCodec.Encode(
                content with
                {
                    Body = payload is not null ? default : asked.Body ?? content.Body,
                    ContentType = asked.ContentType ?? content.ContentType,
                    Attributes = asked.Attributes ?? content.Attributes,
                }
            ),
            asked.Body?.Length ?? dead.Index.Messages[0].BodyLength,
            asked.Body is not null,
            payload
        );
    }

    /// <summary>The dead letter's row as if it had been written so.</summary>
    public BatchRow ApplyTo(BatchRow dead) =>
        dead with
        {
            Data = Encoded,
            Index = dead.Index with
            {
                Messages =
                [
                    dead.Index.Messages[0] with
                    {
                        EncodedLength = Encoded.Length,
                        BodyLength = BodyLength,
                        Payload = ReplacesBody ? Payload : dead.Index.Messages[0].Payload,
                    },
                ],
            },
        };
}
