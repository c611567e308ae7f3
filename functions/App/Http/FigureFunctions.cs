using FuncQueue.Engine;
using FuncQueue.Engine.Figures;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Figures of a queue that cost the same however long it is: for those that scale by it, and for charts.</summary>
public sealed class FigureFunctions(FigureReader figures, Api api)
{
    private const int DefaultHours = 24;

    [Function("GetBacklog")]
    public Task<IResult> GetBacklogAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/backlog")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Inspect,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Json(
                    await figures.GetAsync(name, cancellationToken),
                    (writer, found) => FigureJson.WriteBacklog(writer, found)
                );
            },
            cancellationToken
        );

    [Function("GetHistory")]
    public Task<IResult> GetHistoryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/history")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Inspect,
            queue,
            async (name, faults) =>
            {
                var query = new Query(request, faults, "hours");
                var hours = query.Number("hours") ?? DefaultHours;
                if (hours is < 1 or > Limits.MaxHistoryHours)
                    faults.Add("hours", $"Must be 1 to {Limits.MaxHistoryHours}.");
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Json(
                    await figures.GetHistoryAsync(name, hours, cancellationToken),
                    (writer, samples) => FigureJson.WriteHistory(writer, samples)
                );
            },
            cancellationToken
        );
}
