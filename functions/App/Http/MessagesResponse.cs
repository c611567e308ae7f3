using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>
/// A list of delivered messages, sent as it is written: the JSON of a hundred long bodies is never held whole for a caller who reads
/// slowly.
/// </summary>
internal sealed class MessagesResponse(IReadOnlyList<DeliveredMessage> messages, string queueUrl, bool asEvents) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        JsonStream.WriteAsync(
            httpContext,
            "messages",
            messages,
            (writer, delivered) => MessageJson.Write(writer, delivered.Message, queueUrl, delivered.Receipt, asEvent: asEvents),
            _ => { }
        );
}

/// <summary>As <see cref="MessagesResponse"/>, of messages that somebody looks at.</summary>
internal sealed class MessagePageResponse(MessagePage page, string queueUrl) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        JsonStream.WriteAsync(
            httpContext,
            "messages",
            page.Messages,
            (writer, message) => MessageJson.WritePeeked(writer, message, queueUrl),
            writer =>
            {
                if (page.Continuation is { } continuation)
                    writer.WriteString("continuation", continuation);
            }
        );
}
