using FuncQueue.WorkerHost;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>
/// The published app on the real Functions worker, behind the stand-in for its host, which every request goes through as in Azure: it is
/// routed, told to the worker by gRPC, and forwarded to it.
/// </summary>
internal static class FunctionsServer
{
    /// <summary>Serves until standard input ends; says where.</summary>
    public static async Task RunAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await using var host = await StandInHost.StartAsync(PublishedApp.Options(settings));
        await Console.Out.WriteLineAsync(host.Address);
        while (await Console.In.ReadLineAsync() is not null) { }
    }
}
