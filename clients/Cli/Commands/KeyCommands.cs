using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class KeyCommands
{
    public static Command Make() =>
        Commands.Make.Command("keys", "Make, change, replace and revoke keys.", List(), Set(), Rotate(), Delete(), WhoAmI());

    private static Argument<string> Name() => new("name") { Description = "The key's name." };

    private static Command List() =>
        Commands.Make.Command(
            "list",
            "List keys.",
            [],
            async (session, cancellation) =>
            {
                var keys = await session.Client.Administration.Keys.ListAsync(cancellation);
                session.Print.Rows(["name", "rights", "resources", "expiresAt"], keys.Select(Of));
                return ExitCode.Done;
            }
        );

    private static Command Set()
    {
        var name = Name();
        var rights = new Option<string[]>("--right")
        {
            Description = "send, receive, peek, inspect, redrive, manage, keys; several times.",
        };
        var resources = new Option<string[]>("--resource") { Description = "A name or pattern; several times." };
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "When it ends by itself." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Make a first key without the right keys, too." };
        var command = Commands.Make.Command(
            "set",
            "Make a key, whose secret is printed this once, or change the rights of one that is there. From the first one on every caller "
                + "needs a key.",
            [name, rights, resources, expires, yes],
            async (session, cancellation) =>
            {
                if (!session.Get(yes) && !session.Get(rights).Contains("keys") && await IsFirstAsync(session, cancellation))
                    throw new UsageException(
                        "This would be the first key: from then on every caller needs one, and this one could not make others. "
                            + "Make one with --right keys first, or give --yes."
                    );
                var settings = new KeySettings
                {
                    Rights = session.Get(rights) is { Length: > 0 } some ? some : null,
                    Resources = session.Get(resources) is { Length: > 0 } places ? places : null,
                    ExpiresAt = session.Get(expires),
                };
                session.Print.Thing(
                    Of(await session.Client.Administration.Keys.CreateOrUpdateAsync(session.Get(name), settings, cancellation))
                );
                return ExitCode.Done;
            }
        );
        command.Aliases.Add("create");
        return command;
    }

    /// <summary>Whether nobody needs a key yet.</summary>
    private static async Task<bool> IsFirstAsync(Session session, CancellationToken cancellation) =>
        (await session.Client.Administration.WhoAmIAsync(cancellation)).Name == "(anonymous)";

    private static Command Rotate()
    {
        var name = Name();
        var overlap = Commands.Make.Duration("--overlap", "How long the former secret stays good");
        return Commands.Make.Command(
            "rotate",
            "Replace a key's secret.",
            [name, overlap],
            async (session, cancellation) =>
            {
                session.Print.Thing(
                    Of(await session.Client.Administration.Keys.RotateAsync(session.Get(name), session.Get(overlap), cancellation))
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Delete()
    {
        var name = Name();
        return Commands.Make.Delete(
            "Revoke a key.",
            [name],
            (session, _) => Task.FromResult(session.Confirm("Keys to revoke", session.Get(name), 1, [session.Get(name)])),
            (session, cancellation) => session.Client.Administration.Keys.DeleteAsync(session.Get(name), cancellation)
        );
    }

    private static Command WhoAmI() =>
        Commands.Make.Command(
            "whoami",
            "Show what the server takes you for.",
            [],
            async (session, cancellation) =>
            {
                var identity = await session.Client.Administration.WhoAmIAsync(cancellation);
                session.Print.Thing(
                    new Row()
                        .Add("name", identity.Name)
                        .Add("rights", identity.Rights)
                        .Add("resources", identity.Resources)
                        .Add("expiresAt", identity.ExpiresAt)
                );
                return ExitCode.Done;
            }
        );

    private static Row Of(AccessKey key) =>
        new Row()
            .Add("name", key.Name)
            .Add("rights", key.Rights)
            .Add("resources", key.Resources)
            .Add("expiresAt", key.ExpiresAt)
            .Add("key", key.Secret);
}
