using FuncQueue.Chaos.Overload;

namespace FuncQueue.Chaos.Runs;

/// <summary>
/// The program: one run, its progress and a table on the terminal, its figures in a file. Exit code 1: a rule was broken.
/// </summary>
internal static class LongRun
{
    private const int BadUsage = 2;

    /// <summary>One process, 2,000 connections, 32 bodies of 100 MiB: its memory.</summary>
    public static async Task<int> RunOverloadAsync()
    {
        var result = await new OverloadRun(new OverloadOptions { Uploads = 32 }, Console.WriteLine).RunAsync();
        Console.WriteLine(
            $"Memory: {result.StartMebibytes} MiB at first, {result.PeakMebibytes} MiB at most. Large bodies taken: {result.Uploaded}."
        );
        Console.WriteLine($"Refusals: {string.Join(", ", result.Refusals.Select(r => $"{r.Key} {r.Value}"))}.");
        Console.WriteLine(
            $"Sent {result.Verdict.Sent}, acknowledged {result.Verdict.Acknowledged}, delivered {result.Verdict.Delivered}; "
                + $"{result.Verdict.Violations.Count} violations."
        );
        Console.Write(Report.Violations(result.Verdict, result.History));
        return result.Verdict.Holds ? 0 : 1;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        ChaosOptions options;
        try
        {
            options = ChaosOptions.Parse(args);
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return BadUsage;
        }

        Console.WriteLine(
            $"Seed {options.Seed}: {options.Duration.TotalMinutes:0.##} minutes, {options.Processes} processes, "
                + $"{(options.Topics ? "topics" : options.Fifo ? "FIFO queues" : "standard queues")}."
        );
        var run = await new ChaosRun(options, Console.WriteLine).RunAsync();
        Console.WriteLine();
        Console.Write(Report.Table(run));
        if (options.JsonFile is { } file)
            await File.WriteAllTextAsync(file, Report.Json(run, options));
        Console.WriteLine();
        Console.WriteLine(
            run.Verdict.Holds ? "Every rule holds." : $"{run.Verdict.Violations.Count} violations. Run again with --seed {options.Seed}."
        );
        return run.Verdict.Holds ? 0 : 1;
    }
}
