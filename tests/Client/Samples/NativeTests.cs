using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.Client.Tests.Samples;

/// <summary>A sample as a native program, compiled ahead of time.</summary>
public sealed partial class NativeTests(AppFixture app)
{
    [Fact]
    public async Task The_worker_is_published_native_without_a_warning_and_handles_an_order()
    {
        // Nothing of it lies among what other builds have made.
        var folder = Directory.CreateTempSubdirectory("funcqueue-native");
        try
        {
            var (exitCode, output) = await PublishAsync(folder.FullName);
            exitCode.ShouldBe(0, output);
            Warning().Matches(output).Select(match => match.Value).ShouldBeEmpty("of trimming or of compiling ahead of time");
            var program = new DirectoryInfo(Path.Combine(folder.FullName, "publish"))
                .GetFiles("FuncQueue.Samples.Worker", SearchOption.AllDirectories)
                .ShouldHaveSingleItem();
            await using var own = await AppProcess.StartAsync(app.Environment($"native{Guid.NewGuid():N}"));
            await using var client = new FuncQueueClient(new Uri(own.Address));
            await client.Administration.CreateQueueAsync("orders");
            await client.CreateSender("orders").SendAsync("an order");
            var environment = new Dictionary<string, string?> { ["FuncQueue__Endpoint"] = own.Address };
            await using var worker = SampleProcess.StartProgram(program.FullName, environment);
            await Eventually.HoldsAsync(() => worker.CountOf("Handled ") == 1, "a handler");
            (await worker.TerminateAsync()).ShouldBe(0);
            (await client.Administration.FindQueueAsync("orders"))!.Counts.ShouldBe(new QueueCounts(0, 0, 0, 0));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> PublishAsync(string folder)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish",
                Path.Combine(Repository.Root, "samples", "Worker"),
                "-p:PublishAot=true",
                "--use-current-runtime",
                "--artifacts-path",
                folder,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in OuterBuild.Unset.Keys)
            start.Environment.Remove(name);
        using var publish = Process.Start(start)!;
        var (output, errors) = (publish.StandardOutput.ReadToEndAsync(), publish.StandardError.ReadToEndAsync());
        await publish.WaitForExitAsync();
        return (publish.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"\bIL[23]\d{3}\b.*")]
    private static partial Regex Warning();
}
