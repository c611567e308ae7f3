using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Workers;
using FuncQueue.LocalHost.Azurite;
using FuncQueue.Tests.Support;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>A log that is read over HTTP, in pages of 1 MiB, beside an endpoint that answers the bytes of such a page.</summary>
internal static class HttpReplayRun
{
    private const int Stored = 100_000;
    private const string Topic = "stream";

    private static readonly byte[] Body = [.. Enumerable.Repeat((byte)'x', 1000)];

    /// <summary><see cref="Measurement.Other"/>: as a part of the bare endpoint's rate, measured next.</summary>
    public static Run Create(string name) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                var pages = Math.Max(1, size.Of(Stored) / PageReader.RecordsInPage);
                await using (var producer = new StreamContender(azurite.ConnectionString, Topic))
                {
                    await producer.CreateAsync();
                    await producer.PublishAllAsync(pages * PageReader.RecordsInPage, Body);
                }

                await using var app = await AppProcess.StartAsync(Storage.AppEnvironment(azurite.ConnectionString));
                var (seconds, page) = await MeasureAsync(app.Address, pages, size);
                var (server, address) = await WorkerProcess.StartServerAsync(WorkerProcess.BareServerArgument);
                await using (server)
                {
                    using (var http = new HttpClient())
                    using (var answer = await http.PutAsync($"{address}/page", new ByteArrayContent(page)))
                        answer.EnsureSuccessStatusCode();
                    var (bare, _) = await MeasureAsync(address, pages, size);
                    return new Measurement
                    {
                        Messages = pages * PageReader.RecordsInPage,
                        Seconds = seconds,
                        Other = bare / seconds,
                    };
                }
            }
        )
        {
            Counted = "records",
        };

    private static async Task<(double Seconds, byte[] FirstPage)> MeasureAsync(string address, int pages, Size size)
    {
        using var reader = new PageReader(address, Topic);
        var first = await reader.ReadAsync(0);
        for (var began = TimeProvider.System.GetTimestamp(); Seconds(began) < size.WarmSeconds; )
            await reader.ReadPagesAsync(pages);
        var start = TimeProvider.System.GetTimestamp();
        await reader.ReadPagesAsync(pages);
        return (Seconds(start), first);
    }

    private static double Seconds(long since) => TimeProvider.System.GetElapsedTime(since).TotalSeconds;
}
