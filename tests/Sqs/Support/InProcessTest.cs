using Azure.Core.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>
/// A test of actions in this process, of one or several engines on a registry of the test's own, on a clock that the test moves.
/// </summary>
public abstract class InProcessTest(AppFixture app) : IAsyncDisposable
{
    private readonly string registry = "t" + Guid.NewGuid().ToString("N");

    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

    protected List<InProcess> Processes { get; } = [];

    protected InProcess Start(bool background = true, params IReadOnlyList<HttpPipelinePolicy> policies)
    {
        var process = new InProcess(app.ConnectionString, registry, Time, background, policies);
        Processes.Add(process);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
            await process.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
