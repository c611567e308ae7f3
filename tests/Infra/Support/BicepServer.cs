using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

[assembly: AssemblyFixture(typeof(FuncQueue.Infra.Tests.Support.BicepServer))]

namespace FuncQueue.Infra.Tests.Support;

/// <summary>One Bicep CLI for all tests, asked over JSON-RPC, which saves its start each time.</summary>
public sealed class BicepServer : IAsyncDisposable
{
    private readonly Process process = BicepCli.Start("jsonrpc", "--stdio");
    private readonly SemaphoreSlim turn = new(1);
    private readonly ConcurrentDictionary<string, Lazy<Task<PredictedDeployment>>> predicted = new(StringComparer.Ordinal);
    private int lastId;

    public BicepServer()
    {
        // Nobody reads it, and a full pipe would stop the CLI.
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>What a deployment with this parameter file would make.</summary>
    public Task<PredictedDeployment> PredictAsync(string parameterFile) =>
        predicted
            .GetOrAdd(
                parameterFile,
                _ => new Lazy<Task<PredictedDeployment>>(() => PredictAsync(InfraFolder.File(parameterFile + ".bicepparam"), parameterFile))
            )
            .Value;

    /// <summary>What a deployment with the parameter file at this path would make.</summary>
    public async Task<PredictedDeployment> PredictAsync(string path, string name)
    {
        var metadata = new JsonObject
        {
            ["tenantId"] = BicepCli.Deployment["tenant-id"],
            ["subscriptionId"] = BicepCli.Deployment["subscription-id"],
            ["location"] = BicepCli.Deployment["location"],
            ["deploymentName"] = BicepCli.Deployment["deployment-name"],
        };
        var answer = await AskAsync("bicep/getSnapshot", new JsonObject { ["path"] = path, ["metadata"] = metadata });
        return new PredictedDeployment(name, JsonNode.Parse(answer["snapshot"]!.GetValue<string>())!);
    }

    /// <summary>The file as the formatter writes it.</summary>
    public async Task<string> FormatAsync(string path) =>
        (await AskAsync("bicep/format", new JsonObject { ["path"] = path }))["contents"]!.GetValue<string>();

    /// <summary>What the compiler and the linter have to say of a Bicep file.</summary>
    public async Task<IReadOnlyList<Diagnostic>> DiagnoseAsync(string path) =>
        Diagnostics(await AskAsync("bicep/compile", new JsonObject { ["path"] = path }));

    /// <summary>Builds a parameter file; whether it could be built, and what the compiler had to say.</summary>
    public async Task<(bool Success, IReadOnlyList<Diagnostic> Diagnostics)> BuildParametersAsync(string path)
    {
        var answer = await AskAsync("bicep/compileParams", new JsonObject { ["path"] = path, ["parameterOverrides"] = new JsonObject() });
        return (answer["success"]!.GetValue<bool>(), Diagnostics(answer));
    }

    /// <summary>The ARM template.</summary>
    public async Task<JsonNode> CompileAsync(string path) =>
        JsonNode.Parse((await AskAsync("bicep/compile", new JsonObject { ["path"] = path }))["contents"]!.GetValue<string>())!;

    /// <summary>All files that a compilation reads.</summary>
    public async Task<IReadOnlyList<string>> FileReferencesAsync(string path) =>
        [
            .. (await AskAsync("bicep/getFileReferences", new JsonObject { ["path"] = path }))["filePaths"]!
                .AsArray()
                .Select(p => p!.GetValue<string>()),
        ];

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        turn.Dispose();
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject parameters)
    {
        await turn.WaitAsync();
        try
        {
            var body = Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["jsonrpc"] = "2.0",
                    ["id"] = ++lastId,
                    ["method"] = method,
                    ["params"] = parameters,
                }.ToJsonString()
            );
            var pipe = process.StandardInput.BaseStream;
            await pipe.WriteAsync(
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"))
            );
            await pipe.WriteAsync(body);
            await pipe.FlushAsync();
            var answer = await ReadAsync(process.StandardOutput.BaseStream);
            answer["id"]!.GetValue<int>().ShouldBe(lastId);
            return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
        }
        finally
        {
            turn.Release();
        }
    }

    private static IReadOnlyList<Diagnostic> Diagnostics(JsonNode answer) =>
        [
            .. answer["diagnostics"]!
                .AsArray()
                .Select(d => new Diagnostic(
                    d!["source"]!.GetValue<string>(),
                    d["range"]!["start"]!["line"]!.GetValue<int>(),
                    d["level"]!.GetValue<string>(),
                    d["code"]!.GetValue<string>(),
                    d["message"]!.GetValue<string>()
                )),
        ];

    private static async Task<JsonNode> ReadAsync(Stream stream)
    {
        var length = 0;
        for (var line = await ReadLineAsync(stream); line.Length > 0; line = await ReadLineAsync(stream))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return JsonNode.Parse(body)!;
    }

    private static async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var next = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(next);
            if (next[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)next[0]);
        }
    }
}
