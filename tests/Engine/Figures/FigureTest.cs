using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Figures;

/// <summary>A test of figures: time moves with everything that is done, since a count tells what came before it by its instant.</summary>
public abstract class FigureTest(AzuriteFixture azurite) : EngineTest(azurite)
{
    /// <summary>The counts that the timers of a minute have made.</summary>
    protected const SweepScope Messages = SweepScope.ExpiredLeases | SweepScope.Poison;

    protected static async Task<QueueFigures> FiguresAsync(TestEngine engine) =>
        (await engine.Figures.GetAsync(engine.Queue, Cancellation)).Value;

    protected static async Task<IReadOnlyList<QueueSample>> HistoryAsync(TestEngine engine, int hours = 24) =>
        (await engine.Figures.GetHistoryAsync(engine.Queue, hours, Cancellation)).Value;

    /// <summary>Figures as the counts that <c>GET</c> computes from the rows.</summary>
    protected static MessageCounts CountsOf(QueueFigures figures) =>
        new(figures.Ready + figures.Due, figures.Leased, figures.Scheduled.ShouldNotBeNull(), figures.DeadLettered);

    protected void Step() => Time.Advance(TimeSpan.FromSeconds(1));

    /// <summary>Writes of figures; those to the tables of queues and other rows of the registry are none.</summary>
    protected static int WritesOfFigures(TestEngine engine) =>
        engine.Requests.CountOf(r =>
            r.IsTableWrite
            && r.Operations.Any(o =>
                o.RowKey.StartsWith("n:", StringComparison.Ordinal) || o.RowKey.StartsWith("h:", StringComparison.Ordinal)
            )
        );
}
