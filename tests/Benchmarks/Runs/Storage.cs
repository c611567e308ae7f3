using FuncQueue.Benchmarks.Workers;
using FuncQueue.LocalHost.Azurite;
using FuncQueue.Tests.Support;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>Runs against an Azurite of their own, in memory, fresh each time.</summary>
internal static class Storage
{
    public static Run Engine(string name, int processes, Func<Size, WorkerOrder> order) =>
        Workers(name, ContenderKind.Engine, processes, order);

    public static Run Queue(string name, int processes, Func<Size, WorkerOrder> order) =>
        Workers(name, ContenderKind.StorageQueue, processes, order);

    /// <summary>The function app in a process of its own, called over HTTP by a worker.</summary>
    public static Run Http(string name, Func<Size, WorkerOrder> order) => App(name, ContenderKind.Http, order);

    /// <summary>The same, called by the .NET client.</summary>
    public static Run Client(string name, Func<Size, WorkerOrder> order) => App(name, ContenderKind.Client, order);

    /// <summary>The published app on the Functions worker, called over HTTP, or by the .NET client.</summary>
    public static Run Functions(string name, ContenderKind contender, Func<Size, WorkerOrder> order) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                return await OnServerAsync(
                    order(size) with
                    {
                        Contender = contender,
                    },
                    WorkerProcess.FunctionsServerArgument,
                    azurite.ConnectionString
                );
            }
        );

    public static Run BareHttp(string name, Func<Size, WorkerOrder> order) =>
        new(name, size => OnServerAsync(order(size) with { Contender = ContenderKind.Http }, WorkerProcess.BareServerArgument));

    /// <summary>As in production: no console log of requests.</summary>
    public static Dictionary<string, string?> AppEnvironment(string connectionString) =>
        new() { ["FuncQueueStorage"] = connectionString, ["Logging__LogLevel__Default"] = "Warning" };

    private static Run App(string name, ContenderKind contender, Func<Size, WorkerOrder> order) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                await using var app = await AppProcess.StartAsync(AppEnvironment(azurite.ConnectionString));
                return (await WorkerProcess.MeasureAsync(order(size) with { Contender = contender, Addresses = [app.Address] }))[0];
            }
        );

    private static async Task<Measurement> OnServerAsync(WorkerOrder order, params string[] arguments)
    {
        var (server, said) = await WorkerProcess.StartServerAsync(arguments);
        var (address, key) = said.Split(' ') switch
        {
            [var where, var shown] => (where, shown),
            _ => (said, null),
        };
        await using (server)
            return (await WorkerProcess.MeasureAsync(order with { Addresses = [address], Key = key }))[0];
    }

    private static Run Workers(string name, ContenderKind contender, int processes, Func<Size, WorkerOrder> order) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                var first = order(size) with { Contender = contender, Addresses = [azurite.ConnectionString] };
                // What is stored is stored by the first; the others know how much it is.
                var all = await WorkerProcess.MeasureAsync([first, .. Enumerable.Repeat(first with { Stored = 0 }, processes - 1)]);
                return Measurement.Sum(all);
            }
        );
}
