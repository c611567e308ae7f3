using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Figures;

/// <summary>
/// Figures of queues at two requests to storage, however much is in the queues: what sweeps have counted, with what this process has
/// changed since. Thread-safe.
/// </summary>
public sealed class FigureReader
{
    private readonly EngineContext context;
    private readonly QueueRegistry registry;

    /// <param name="queues">The queues of the same process, whose storage, options and clock it shares.</param>
    public FigureReader(QueueEngine queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        context = queues.Context;
        registry = queues.Registry;
    }

    /// <summary>As <see cref="QueueEngine.ListQueuesAsync"/>, with figures; the last page may be empty.</summary>
    public Task<Outcome<QueueFiguresPage>> ListAsync(
        string prefix,
        int maxResults,
        string? continuation,
        CancellationToken cancellationToken
    ) =>
        QueueCalls.GuardAsync<QueueFiguresPage>(async () =>
        {
            if (continuation is not null && !QueueName.TryParse(continuation, out _))
                return new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]);
            // One more than asked for tells whether there are more, as long as one request can bring it.
            var most = Math.Min(maxResults + 1, ShardTable.MaxPageRows);
            var records = await registry.ListAsync(prefix, continuation, most, cancellationToken);
            var page = records.Take(maxResults).ToList();
            if (page.Count == 0)
                return new QueueFiguresPage([], null);
            var rows = await registry.Figures.ReadAsync(page[0].Info.Name, page[^1].Info.Name, cancellationToken);
            return new QueueFiguresPage(
                page.ConvertAll(record => new QueueWithFigures(record.Info, Of(record, rows.GetValueOrDefault(record.Info.Name.Value)))),
                records.Count == most ? page[^1].Info.Name.Value : null
            );
        });

    /// <summary>The figures of one queue.</summary>
    public Task<Outcome<QueueFigures>> GetAsync(QueueName queue, CancellationToken cancellationToken) =>
        QueueCalls.MeasureAsync<QueueFigures>(
            context,
            "get-figures",
            queue.Value,
            async () =>
            {
                var row = registry.Figures.ReadAsync(queue, cancellationToken);
                var record = await registry.ReadAsync(queue, cancellationToken);
                return record is null ? new Failure.QueueNotFound(queue) : Of(record, await row);
            }
        );

    /// <summary>
    /// What sweeps have counted in the last so many hours (1 to <see cref="Limits.MaxHistoryHours"/>), the oldest first: a sample a minute
    /// while the queue was used, and none of minutes in which it was not.
    /// </summary>
    public Task<Outcome<IReadOnlyList<QueueSample>>> GetHistoryAsync(QueueName queue, int hours, CancellationToken cancellationToken) =>
        QueueCalls.MeasureAsync<IReadOnlyList<QueueSample>>(
            context,
            "get-history",
            queue.Value,
            async () =>
            {
                var rows = registry.Figures.ReadSamplesAsync(queue, cancellationToken);
                var record = await registry.ReadAsync(queue, cancellationToken);
                if (record is null)
                    return new Failure.QueueNotFound(queue);
                var since = context.Now - TimeSpan.FromHours(hours);
                return (await rows)
                    .Where(row => row.Table == record.Table)
                    .OrderBy(row => row.Hour)
                    .SelectMany(row => row.Samples)
                    .Where(sample => sample.At >= since)
                    .ToList();
            }
        );

    private QueueFigures Of(QueueRecord record, FigureRow? row) =>
        QueueTally.Of(
            row,
            record.Table,
            record.Info.CreatedAt,
            context.Metrics.Tallies.ChangesOf(record.Info.Name, record.Table),
            context.Now
        );
}
