using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FuncQueue.WorkerHost;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>
/// The published app on the real Functions worker, behind the stand-in for its host, which every request goes through as in Azure: it is
/// routed, told to the worker by gRPC, and forwarded to it.
/// </summary>
internal static class FunctionsServer
{
    private const string HostKey = "the key of this host";

    /// <summary>Serves until standard input ends; says where, and the key of an app.</summary>
    public static async Task RunAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await using var host = await StandInHost.StartAsync(PublishedApp.Options(settings) with { FunctionKey = HostKey });
        await Console.Out.WriteLineAsync($"{host.Address} {await MakeKeyAsync(host.Address)}");
        while (await Console.In.ReadLineAsync() is not null) { }
    }

    /// <summary>Like everybody's app it takes nobody without a key.</summary>
    private static async Task<string> MakeKeyAsync(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Add("x-functions-key", HostKey);
        var key = new { rights = new[] { "manage" }, resources = new[] { "*" } };
        using var answer = await http.PutAsJsonAsync("/host/keys/benchmark", key);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
    }
}
