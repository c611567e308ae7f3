using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Routes that list messages page by page.</summary>
internal static class MessagePages
{
    private const int DefaultSize = 32;

    /// <param name="list">Lists from the queue, up to so many messages, from a continuation on.</param>
    public static Task<IResult> AnswerAsync(Api api, HttpRequest request, string queue, Func<QueueName, int, string?, Task<Outcome<MessagePage>>> list) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            var query = new Query(request, faults, "maxMessages", "continuation");
            var maxMessages = query.Number("maxMessages") ?? DefaultSize;
            if (maxMessages is < 1 or > Limits.MaxBatchSize)
                faults.Add("maxMessages", $"Must be 1 to {Limits.MaxBatchSize}.");
            if (faults.Any)
                return faults.ToResult();
            RequestMemory.Room.Of(request).RequireSome();
            if (!(await list(name, maxMessages, query.Text("continuation"))).TryGetValue(out var page, out var failure))
                return Problems.From(failure);
            return new MessagesResponse([.. page.Messages.Select(m => new DeliveredMessage(m, null))], MessageJson.QueueUrl(request, name), page.Continuation);
        });
}
