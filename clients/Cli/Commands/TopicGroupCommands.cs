using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

/// <summary>Groups that read topics: how far they are, and what a member does, step by step.</summary>
internal static class TopicGroupCommands
{
    public static Command Make() =>
        Commands.Make.Command("group", "Groups that read a topic.", List(), Show(), Read(), Commit(), Seek(), Leave(), Delete());

    private static Argument<string> Group() => new("group") { Description = "The group." };

    private static Option<string> Member() =>
        new("--member") { Description = "The member's name in the group.", DefaultValueFactory = _ => "funcqueue" };

    private static Command List()
    {
        var topic = Commands.Make.Topic();
        return Commands.Make.Command(
            "list",
            "List the groups of a topic with their lag.",
            [topic],
            async (session, cancellation) =>
            {
                var groups = await session.Client.Administration.Groups.ListGroupsAsync(session.Get(topic), cancellation);
                session.Print.Rows(
                    ["name", "lag", "lagTime", "members"],
                    groups.Select(group =>
                        new Row()
                            .Add("name", group.Name)
                            .Add("lag", group.Lag)
                            .Add("lagTime", group.LagTime)
                            .Add("members", group.Members.Select(member => member.Member))
                    )
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Show()
    {
        var (topic, name) = (Commands.Make.Topic(), Group());
        return Commands.Make.Command(
            "show",
            "Show how far a group is in each partition, and who holds it.",
            [topic, name],
            async (session, cancellation) =>
            {
                var groups = session.Client.Administration.Groups;
                if (await groups.FindGroupAsync(session.Get(topic), session.Get(name), cancellation) is not { } group)
                    return ExitCode.Nothing;
                session.Print.Rows(
                    ["partition", "committed", "nextOffset", "lag", "member", "wantedBy"],
                    group.Partitions.Select(partition =>
                        new Row()
                            .Add("partition", partition.Partition)
                            .Add("committed", partition.Committed)
                            .Add("nextOffset", partition.NextOffset)
                            .Add("lag", partition.Lag)
                            .Add("member", partition.Member)
                            .Add("wantedBy", partition.WantedBy)
                    )
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Read()
    {
        var (topic, name, member) = (Commands.Make.Topic(), Group(), Member());
        var count = Commands.Make.Count("--count", "How many at most.", 100);
        var wait = Commands.Make.Duration("--wait", "How long to wait for a first one, up to 20 s");
        var from = new Option<string>("--from")
        {
            Description = "earliest, latest, or an instant: where a new group begins.",
            DefaultValueFactory = _ => "latest",
        };
        var commit = new Option<bool>("--commit") { Description = "Commit what was printed, and leave; else its tokens go to stderr." };
        return Commands.Make.Command(
            "read",
            "Read as a member of a group, which it joins.",
            [topic, name, member, count, wait, from, commit],
            async (session, cancellation) =>
            {
                var groups = session.Client.Administration.Groups;
                var (of, group, own) = (session.Get(topic), session.Get(name), session.Get(member));
                var options = new GroupReadOptions
                {
                    MaxRecords = session.Get(count),
                    Wait = session.Get(wait) ?? TimeSpan.Zero,
                    From = session.Get(from),
                };
                var read = await groups.ReadAsync(of, group, own, options, cancellation);
                foreach (var record in read.Records)
                    session.Print.Line(TailCommand.Of(record.Partition ?? 0, record));
                if (session.Get(commit))
                {
                    string[] tokens = [.. read.Tokens.Select(token => token.Token)];
                    // Who has been interrupted has printed them all the same.
                    if (tokens.Length > 0)
                        await groups.CommitAsync(of, group, tokens, CancellationToken.None);
                    await groups.LeaveAsync(of, group, own, CancellationToken.None);
                }
                else
                {
                    foreach (var token in read.Tokens)
                        session.Print.Note(token.Token);
                }

                return read.Records.Count > 0 ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }

    private static Command Commit()
    {
        var (topic, name) = (Commands.Make.Topic(), Group());
        var tokens = new Argument<string[]>("token")
        {
            Description = "Tokens of a read; TOKEN@OFFSET is one up to an earlier offset.",
            Arity = ArgumentArity.OneOrMore,
        };
        return Commands.Make.Command(
            "commit",
            "Commit what was read.",
            [topic, name, tokens],
            async (session, cancellation) =>
            {
                var all = session.Get(tokens);
                var groups = session.Client.Administration.Groups;
                var statuses = await groups.CommitAsync(session.Get(topic), session.Get(name), all, cancellation);
                foreach (var (token, status) in all.Zip(statuses))
                    session.Print.Line(new Row().Add("token", token).Add("status", status.ToString()));
                return statuses.All(status => status == CommitStatus.Ok) ? ExitCode.Done : ExitCode.Failed;
            }
        );
    }

    private static Command Seek()
    {
        var (topic, name) = (Commands.Make.Topic(), Group());
        return Commands.Make.Seek(
            "Let a group go on somewhere else; what its members have in hand is fenced.",
            [topic, name],
            (session, place, cancellation) =>
                session.Client.Administration.Groups.SeekGroupAsync(session.Get(topic), session.Get(name), place, cancellation)
        );
    }

    private static Command Leave()
    {
        var (topic, name, member) = (Commands.Make.Topic(), Group(), Member());
        return Commands.Make.Command(
            "leave",
            "Leave a group: what the member holds is free at once.",
            [topic, name, member],
            async (session, cancellation) =>
            {
                var groups = session.Client.Administration.Groups;
                await groups.LeaveAsync(session.Get(topic), session.Get(name), session.Get(member), cancellation);
                return ExitCode.Done;
            }
        );
    }

    private static Command Delete()
    {
        var (topic, name) = (Commands.Make.Topic(), Group());
        return Commands.Make.Delete(
            "Remove a group, which forgets how far it was.",
            [topic, name],
            async (session, cancellation) =>
            {
                var groups = session.Client.Administration.Groups;
                var group = await groups.FindGroupAsync(session.Get(topic), session.Get(name), cancellation);
                string[] members = [.. (group?.Members ?? []).Select(member => member.Member)];
                return session.Confirm("Members that read by it", session.Get(name), members.Length, members);
            },
            (session, cancellation) =>
                session.Client.Administration.Groups.DeleteGroupAsync(session.Get(topic), session.Get(name), cancellation)
        );
    }
}
