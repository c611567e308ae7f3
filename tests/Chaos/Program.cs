using FuncQueue.Chaos.Runs;

namespace FuncQueue.Chaos;

/// <summary>
/// With <c>--minutes</c>: one long run. With <c>--overload</c>: one process under far too much. Else: the tests, under whatever runner
/// asks.
/// </summary>
internal static class Program
{
    public const string Overload = "--overload";

    public static async Task<int> Main(string[] args)
    {
        if (args is [Overload])
            return await LongRun.RunOverloadAsync();
        if (args.Contains("--minutes"))
            return await LongRun.RunAsync(args);
        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
                args,
                SelfRegisteredExtensions.AddSelfRegisteredExtensions
            )
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
