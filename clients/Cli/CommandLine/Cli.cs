using System.CommandLine;
using FuncQueue.Cli.Commands;

namespace FuncQueue.Cli.CommandLine;

/// <summary>The program.</summary>
internal static class Cli
{
    public static async Task<int> RunAsync(string[] args)
    {
        var result = Root().Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("See funcqueue --help.");
            return ExitCode.Usage;
        }

        return await result.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // Interrupted, a consumer finishes what it handles, however long that takes.
                ProcessTerminationTimeout = TimeSpan.FromHours(12),
            }
        );
    }

    public static RootCommand Root()
    {
        var root = new RootCommand("The command line of FuncQueue, a serverless message queue on Azure Functions.");
        foreach (var option in Globals.All)
            root.Options.Add(option);
        root.Subcommands.Add(QueueCommands.Make());
        root.Subcommands.Add(SendCommand.Make());
        root.Subcommands.Add(ReceiveCommand.Make());
        root.Subcommands.Add(PeekCommand.Make());
        root.Subcommands.Add(CancelCommand.Make());
        root.Subcommands.Add(TailCommand.Make());
        root.Subcommands.Add(TopCommand.Make());
        root.Subcommands.Add(ConsumeCommand.Make());
        root.Subcommands.Add(DeadLetterCommands.Make());
        root.Subcommands.Add(TopicCommands.Make());
        root.Subcommands.Add(SubscriptionCommands.Make());
        root.Subcommands.Add(GroupCommands.Make());
        root.Subcommands.Add(KeyCommands.Make());
        root.Subcommands.Add(ExportCommand.Make());
        root.Subcommands.Add(ImportCommand.Make());
        root.Subcommands.Add(BenchCommand.Make());
        root.Subcommands.Add(ContextCommands.Make());
        root.Subcommands.Add(HealthCommand.Make());
        root.Subcommands.Add(CompletionCommand.Make());
        root.Subcommands.Add(DevCommand.Make());
        return root;
    }
}
