using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>The body of a request as that of a message: read when it is short, else streamed when it is stored.</summary>
internal static class RequestBodies
{
    public static async ValueTask<MessageBody> TakeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var room = RequestMemory.Room.Of(request);
        if (request.ContentLength is not { } length)
            return MessageBody.FromStream(new UnmeasuredBody(request.Body, room));
        if (length > Limits.MaxInlineBodyBytes)
        {
            // One that is refused for its length is not read.
            if (length <= Limits.MaxBodyBytes)
                room.Hold(RequestMemory.Streamed);
            return MessageBody.FromStream(request.Body);
        }

        var bytes = new byte[length];
        await request.Body.ReadExactlyAsync(bytes, cancellationToken);
        return MessageBody.FromBytes(bytes);
    }
}
