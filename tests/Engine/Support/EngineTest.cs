using FuncQueue.Engine.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>
/// A test on a registry of its own, shared by as many processes (engines) as it starts. Time stands still unless the test moves it.
/// An error in an engine's log fails the test.
/// </summary>
public abstract class EngineTest(AzuriteFixture azurite) : IAsyncDisposable
{
    private readonly List<TestEngine> engines = [];
    private readonly HashSet<MarkPlace> places = [];
    private readonly string unique = Guid.NewGuid().ToString("N");

    /// <summary>Begins at the real time, so that it agrees with storage's.</summary>
    protected FakeTimeProvider Time { get; } =
        new(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));

    protected AzuriteFixture Azurite => azurite;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected EngineOptions Options =>
        new()
        {
            RegistryTable = "r" + unique,
            PayloadContainer = "payloads-" + unique,
            MaxClockOffset = TimeSpan.MaxValue,
            // What a test counts, nothing else adds to.
            SaveTotalsAfter = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Starts a process on the test's clock, or on <paramref name="time"/>.</summary>
    protected TestEngine Start(EngineOptions? options = null, TimeProvider? time = null) =>
        Start([azurite.ConnectionString], options, time);

    /// <summary>Starts a process with these storage accounts.</summary>
    protected TestEngine Start(IReadOnlyList<string> accounts, EngineOptions? options = null, TimeProvider? time = null)
    {
        while (true)
        {
            var engine = new TestEngine(accounts, options ?? Options, time ?? Time);
            lock (engines)
            {
                engines.Add(engine);
                // No two of a test write their marks at one place, as one in 64 would by chance; then nobody could tell what lost writes
                // did.
                if (places.Add(MarkPlace.Of(engine.Engine.Process)) || places.Count == MarkPlace.Count)
                    return engine;
            }

            engine.Abandon();
        }
    }

    /// <summary>Starts a process and creates the queue that tests use unless they name another.</summary>
    protected async Task<TestEngine> StartWithQueueAsync(
        QueueSettingsChange? settings = null,
        EngineOptions? options = null,
        TimeProvider? time = null
    )
    {
        var engine = Start(options, time);
        await engine.PutQueueAsync(settings);
        return engine;
    }

    /// <summary>Whether the test provokes errors in the log.</summary>
    protected bool ExpectsErrors { get; set; }

    /// <summary>Where payloads lie, looked at from outside.</summary>
    protected StoredBlobs Blobs => new(azurite.ConnectionString, Options.PayloadContainer);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var engine in engines)
            await engine.DisposeAsync();
        if (!ExpectsErrors)
            engines.SelectMany(e => e.LoggedErrors).ShouldBeEmpty();
    }
}
