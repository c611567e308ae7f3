using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Reports;
using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks;

/// <summary>The benchmarks; or, under whatever test runner asks, the tests that keep them working; or a worker of either.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [WorkerProcess.WorkerArgument, var order]:
                await Worker.RunAsync(order);
                return 0;
            case [WorkerProcess.BareServerArgument]:
                await BareServer.RunAsync();
                return 0;
            case [WorkerProcess.FunctionsServerArgument, var connectionString]:
                await FunctionsServer.RunAsync(Storage.AppEnvironment(connectionString));
                return 0;
        }

        if (args.Any(arg => arg is "--server" or "--internal-msbuild-node"))
            return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                args,
                SelfRegisteredExtensions.AddSelfRegisteredExtensions
            );
        // The runner's own options have one hyphen, as in -class.
        if (
            args.Length > 0
            && args[0].StartsWith('-')
            && !args[0].StartsWith("--", StringComparison.Ordinal)
            && args[0] is not ("-h" or "-?")
        )
            return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
        return await CommandLine.RunAsync(args);
    }
}
