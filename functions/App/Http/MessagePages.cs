using FuncQueue.Engine;
using FuncQueue.Functions.Access;

namespace FuncQueue.Functions.Http;

/// <summary>Routes that list messages page by page.</summary>
internal static class MessagePages
{
    private const int DefaultSize = 32;

    /// <param name="api">What every function shares.</param>
    /// <param name="request">The request.</param>
    /// <param name="right">What the caller needs on the queue.</param>
    /// <param name="queue">The queue's name as it came.</param>
    /// <param name="status">Which messages the route lists; null: the parameter <c>status</c> says, and else those that are ready.</param>
    /// <param name="operations">Lists them.</param>
    /// <param name="cancellationToken">The invocation's.</param>
    public static Task<IResult> AnswerAsync(
        Api api,
        HttpRequest request,
        Rights right,
        string queue,
        MessageStatus? status,
        QueueOperations operations,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            right,
            queue,
            async (name, faults) =>
            {
                var query = status is null
                    ? new Query(request, faults, "maxMessages", "continuation", "status")
                    : new Query(request, faults, "maxMessages", "continuation");
                var wanted = status ?? StatusOf(query.Text("status"), faults);
                var maxMessages = query.Number("maxMessages") ?? DefaultSize;
                if (maxMessages is < 1 or > Limits.MaxBatchSize)
                    faults.Add("maxMessages", $"Must be 1 to {Limits.MaxBatchSize}.");
                if (faults.Any)
                    return faults.ToResult();
                RequestMemory.Room.Of(request).RequireSome();
                return Answers.Of(
                    await operations.ListAsync(name, wanted, maxMessages, query.Text("continuation"), cancellationToken),
                    page => new MessagePageResponse(page, MessageJson.QueueUrl(request, name))
                );
            },
            cancellationToken
        );

    private static MessageStatus StatusOf(string? text, Faults faults)
    {
        switch (text)
        {
            case null or "ready":
                return MessageStatus.Ready;
            case "leased":
                return MessageStatus.Leased;
            case "scheduled":
                return MessageStatus.Scheduled;
            default:
                faults.Add("status", "Must be ready, leased or scheduled.");
                return MessageStatus.Ready;
        }
    }
}
