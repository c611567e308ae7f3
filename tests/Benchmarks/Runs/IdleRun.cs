using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Workers;
using FuncQueue.Engine;
using FuncQueue.LocalHost.Azurite;
using FuncQueue.Tests.Support;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>
/// The function app with 100 queues that nobody uses any more: what its timers ask of storage in a minute, counted on the wire, and a
/// sixtieth of what a full pass, which is due once an hour, asks.
/// </summary>
internal static class IdleRun
{
    private const int Queues = 100;

    public static Run Create(string name) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                await using var wire = new CountingProxy(azurite.TableServiceUri);
                var connection = azurite.ConnectionString.Replace(
                    azurite.TableServiceUri.Authority,
                    wire.Authority,
                    StringComparison.Ordinal
                );
                await using var app = await AppProcess.StartAsync(Storage.AppEnvironment(connection));
                await using var client = new HttpContender(app.Address);
                for (var i = 0; i < size.Of(Queues); i++)
                {
                    await client.CreateAsync($"idle-{i}");
                    await client.EnqueueAsync($"idle-{i}", new byte[100], null);
                    foreach (var message in await client.DequeueAsync($"idle-{i}", 1, CancellationToken.None))
                        await client.AckAsync($"idle-{i}", message);
                }

                // Until the sweeps have found that there is nothing more to do; the full pass comes first, and not again for an hour.
                var minute = TimeSpan.FromSeconds(60 * Math.Min(1, size.Seconds / Size.Full.Seconds));
                await Task.Delay(minute * 3, TimeProvider.System);
                var (before, start) = (wire.Requests, TimeProvider.System.GetTimestamp());
                await Task.Delay(minute * 2, TimeProvider.System);
                var (requests, seconds) = (wire.Requests - before, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
                before = wire.Requests;
                await using (var sweeper = new EngineContender([connection]))
                    await sweeper.SweepAsync(SweepScope.All, everything: true);
                return new Measurement
                {
                    Messages = requests,
                    Seconds = seconds,
                    Other = requests * 60 / seconds + (wire.Requests - before) / 60.0,
                };
            }
        )
        {
            Counted = "requests",
            Once = true,
        };
}
