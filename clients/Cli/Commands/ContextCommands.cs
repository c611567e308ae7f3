using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Contexts;
using FuncQueue.Cli.Output;

namespace FuncQueue.Cli.Commands;

/// <summary>Servers by name.</summary>
internal static class ContextCommands
{
    public static Command Make() => Commands.Make.Command("context", "Name servers, with their keys.", List(), Set(), Use(), Delete());

    private static Argument<string> Name() => new("name") { Description = "The context." };

    private static Command List() =>
        Commands.Make.Command(
            "list",
            "List contexts; keys are not shown.",
            [],
            (session, _) =>
            {
                var profile = Profile.Read();
                session.Print.Rows(
                    ["name", "endpoint", "key", "current"],
                    profile.Contexts.Select(context =>
                        new Row()
                            .Add("name", context.Key)
                            .Add("endpoint", context.Value.Endpoint)
                            .Add("key", context.Value.Key is not null)
                            .Add("current", context.Key == profile.Current)
                    )
                );
                return Task.FromResult(ExitCode.Done);
            }
        );

    private static Command Set()
    {
        var name = Name();
        var stdin = new Option<bool>("--key-stdin") { Description = "Read the key from stdin, so that no history has it." };
        var use = new Option<bool>("--use") { Description = "Use it from now on." };
        return Commands.Make.Command(
            "set",
            "Name a server, with --endpoint and --key.",
            [name, stdin, use],
            async (session, cancellation) =>
            {
                if (string.IsNullOrWhiteSpace(session.Get(name)))
                    throw new UsageException("A context needs a name.");
                var profile = Profile.Read();
                var former = profile.Contexts.GetValueOrDefault(session.Get(name));
                var key = session.Get(stdin) ? (await Console.In.ReadLineAsync(cancellation))?.Trim() : session.Get(Globals.Key);
                var endpoint = session.Get(Globals.Endpoint) ?? former?.Endpoint ?? throw new UsageException("Give --endpoint.");
                profile.Contexts[session.Get(name)] = new Context(endpoint, key ?? former?.Key);
                if (session.Get(use) || profile.Current is null)
                    profile.Current = session.Get(name);
                profile.Write();
                return ExitCode.Done;
            }
        );
    }

    private static Command Use()
    {
        var name = Name();
        return Commands.Make.Command(
            "use",
            "Use a context from now on.",
            [name],
            (session, _) =>
            {
                var profile = Profile.Read();
                if (!profile.Contexts.ContainsKey(session.Get(name)))
                    throw new UsageException($"There is no context {session.Get(name)}.");
                profile.Current = session.Get(name);
                profile.Write();
                return Task.FromResult(ExitCode.Done);
            }
        );
    }

    private static Command Delete()
    {
        var name = Name();
        return Commands.Make.Command(
            "delete",
            "Forget a context.",
            [name],
            (session, _) =>
            {
                var profile = Profile.Read();
                if (!profile.Contexts.Remove(session.Get(name)))
                    return Task.FromResult(ExitCode.Nothing);
                if (profile.Current == session.Get(name))
                    profile.Current = null;
                profile.Write();
                return Task.FromResult(ExitCode.Done);
            }
        );
    }
}
