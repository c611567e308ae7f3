using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Runs;
using FuncQueue.LocalHost.Azurite;
using FuncQueue.Tests.Support;
using Spectre.Console;

namespace FuncQueue.Benchmarks.StartUp;

/// <summary>
/// <c>start-up</c>: from process start to the first request answered and to the first message received, compiled beforehand or not.
/// </summary>
internal static class StartUpCommand
{
    private const int Rounds = 7;

    public static Command Create()
    {
        var command = new Command(
            "start-up",
            "Publishes the function app twice, with and without ReadyToRun, and measures how soon each serves."
        );
        command.SetAction(async _ =>
        {
            var folder = Directory.CreateTempSubdirectory("funcqueue-start-up-").FullName;
            try
            {
                var builds = new List<(string Name, string Dll)>();
                foreach (var (name, ready) in new[] { ("compiled at run time", "false"), ("ReadyToRun", "true") })
                {
                    Console.WriteLine($"Publishing: {name}");
                    builds.Add((name, await PublishAsync(Path.Combine(folder, ready), ready)));
                }

                await using var azurite = await AzuriteServer.StartForTestsAsync();
                var measured = builds.ToDictionary(b => b.Name, _ => new List<(double Request, double Message)>());
                for (var round = 1; round <= Rounds; round++)
                {
                    foreach (var (name, dll) in builds)
                    {
                        measured[name].Add(await MeasureAsync(dll, azurite.ConnectionString, $"start-{round}-{name[0]}"));
                        Console.WriteLine(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"[{round}/{Rounds}] {name}: {measured[name][^1].Request:0} ms to the first request, "
                                    + $"{measured[name][^1].Message:0} ms to the first message"
                            )
                        );
                    }
                }

                Show(measured);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static void Show(Dictionary<string, List<(double Request, double Message)>> measured)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Simple }.AddColumns(
            "",
            "first request, ms",
            "first message, ms",
            "ratio",
            "ratio"
        );
        var before = measured.Values.First();
        foreach (var (name, rounds) in measured)
        {
            table.AddRow(
                name,
                Text(Median(rounds, r => r.Request)),
                Text(Median(rounds, r => r.Message)),
                (Median(rounds, r => r.Request) / Median(before, r => r.Request)).ToString("0.00", CultureInfo.InvariantCulture),
                (Median(rounds, r => r.Message) / Median(before, r => r.Message)).ToString("0.00", CultureInfo.InvariantCulture)
            );
        }

        AnsiConsole.Write(table);
    }

    private static async Task<string> PublishAsync(string to, string readyToRun)
    {
        var project = Path.Combine(Repository.Root, "functions", "App", "FuncQueue.Functions.csproj");
        var artifacts = to + "-artifacts";
        using var started = new Started();
        await started
            .Add(
                "dotnet",
                [
                    "publish",
                    project,
                    "-c",
                    "Release",
                    "-v",
                    "q",
                    $"-p:PublishReadyToRun={readyToRun}",
                    "-r",
                    RuntimeIdentifier,
                    "--self-contained",
                    "false",
                    "--artifacts-path",
                    artifacts,
                    "-o",
                    to,
                ]
            )
            .EndedWellAsync();
        // What is published runs under a Functions host only; LocalHost, which runs it here, was built beside it.
        foreach (var left in (string[])["FuncQueue.LocalHost.dll", "NCrontab.dll", "follow-parent.cjs"])
            File.Copy(
                Directory.GetFiles(Path.Combine(artifacts, "bin", "FuncQueue.Functions"), left, SearchOption.AllDirectories).Single(),
                Path.Combine(to, left)
            );
        // Without the list of dependencies, all that lies in the folder may be loaded.
        File.Delete(Path.Combine(to, "FuncQueue.Functions.deps.json"));
        return Path.Combine(to, "FuncQueue.Functions.dll");
    }

    private static string RuntimeIdentifier => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;

    private static async Task<(double Request, double Message)> MeasureAsync(string dll, string connectionString, string queue)
    {
        var address = FormattableString.Invariant($"http://127.0.0.1:{Servers.FreePort()}");
        var start = new ProcessStartInfo("dotnet", [dll, "--urls", address])
        {
            WorkingDirectory = Path.GetDirectoryName(dll),
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Storage.AppEnvironment(connectionString))
            start.Environment[name] = value;
        // What is published leaves out the settings for a laptop.
        using (
            var settings = JsonDocument.Parse(
                await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "functions", "App", "local.settings.json"))
            )
        )
        {
            foreach (var setting in settings.RootElement.GetProperty("Values").EnumerateObject())
                start.Environment.TryAdd(setting.Name, setting.Value.GetString());
        }

        var began = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        try
        {
            await using var client = new HttpContender(address);
            while (true)
            {
                try
                {
                    await client.CreateAsync(queue);
                    break;
                }
                catch (HttpRequestException) when (!process.HasExited)
                {
                    // It does not listen yet.
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                }
            }

            var request = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            await client.EnqueueAsync(queue, new byte[1024], null);
            if ((await client.DequeueAsync(queue, 1, CancellationToken.None)).Count != 1)
                throw new InvalidOperationException("No message was received.");
            return (request, TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static double Median(List<(double Request, double Message)> rounds, Func<(double Request, double Message), double> which) =>
        rounds.Select(which).Order().ElementAt(rounds.Count / 2);

    private static string Text(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
