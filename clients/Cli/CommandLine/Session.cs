using System.CommandLine;
using FuncQueue.Cli.Contexts;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.CommandLine;

/// <summary>One run of a command: where it asks, and where it prints.</summary>
internal sealed class Session(ParseResult result, FuncQueueClient client, Printer print)
{
    public FuncQueueClient Client => client;

    public Printer Print => print;

    public T Get<T>(Option<T> option) => result.GetValue(option)!;

    public T Get<T>(Argument<T> argument) => result.GetValue(argument)!;

    /// <summary>Lets a command do something; failures become messages and exit codes.</summary>
    public static void Action(Command command, Func<Session, CancellationToken, Task<int>> run) =>
        command.SetAction(
            async (result, cancellationToken) =>
            {
                var print = new Printer(result.GetValue(Globals.Json));
                try
                {
                    await using var client = Profile.Choose(
                        result.GetValue(Globals.Endpoint),
                        result.GetValue(Globals.Key),
                        result.GetValue(Globals.Context)
                    );
                    return await run(new Session(result, client, print), cancellationToken);
                }
                catch (FuncQueueException failure)
                {
                    print.Failure(failure);
                    return ExitCode.Of(failure);
                }
                catch (UsageException failure)
                {
                    print.Error(failure.Message);
                    return ExitCode.Usage;
                }
                catch (ArgumentException failure)
                {
                    // The client says by it what no server would take. The parameter is one of its own.
                    print.Error(failure.Message.Split(" (Parameter", 2)[0]);
                    return ExitCode.Usage;
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return ExitCode.Interrupted;
                }
                catch (IOException failure)
                {
                    print.Error(failure.Message);
                    return ExitCode.Failed;
                }
            }
        );

    /// <summary>Before something is destroyed without <c>--yes</c>: how much and what, then a question, which needs a terminal.</summary>
    public bool Confirm(string what, string name, long count, IReadOnlyList<string> examples)
    {
        print.Note($"{what}: {count}{(examples.Count > 0 ? ", such as" : "")}");
        foreach (var example in examples.Take(3))
            print.Note($"  {example}");
        if (!print.MayAsk)
            throw new UsageException("Not confirmed: give --yes where nobody can be asked.");
        print.Note($"Type {name} to go on:");
        return Console.ReadLine() == name;
    }
}

/// <summary>The command line asks for what cannot be.</summary>
internal sealed class UsageException(string message) : Exception(message);
