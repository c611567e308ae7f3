using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.Cli.Tests;

/// <summary>The command that starts everything, as it is typed in a clone.</summary>
public sealed partial class DevTests : IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(10);

    /// <summary>A folder of the clone, where the Azurite keeps its data: not where those who work here keep theirs.</summary>
    private readonly string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"dev-{Guid.NewGuid():N}")).FullName;

    public DevTests()
    {
        File.WriteAllText(Path.Combine(folder, "azurite.json"), """{"location":"data","blobPort":0,"queuePort":0,"tablePort":0}""");
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), "{}");
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(Repository.Root, "node_modules"));
    }

    public void Dispose()
    {
        Directory.Delete(Path.Combine(folder, "node_modules"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task It_starts_a_server_that_takes_and_gives_messages_and_told_to_stop_it_leaves_no_process_behind()
    {
        using var dev = CliFixture.StartIn(folder, ["dev", "--urls", "http://127.0.0.1:0"], OuterBuild.Unset);
        var address = await ReadAddressAsync(dev);
        // Read on, or it would wait for room to write.
        var rest = dev.StandardOutput.ReadToEndAsync();
        var errors = dev.StandardError.ReadToEndAsync();
        (await CliFixture.RunAtAsync(address, "queue", "create", "orders")).Succeeded();
        (await CliFixture.RunAtAsync(address, "send", "orders", "hello")).Succeeded();
        (await CliFixture.RunAtAsync(address, "receive", "orders", "--ack", "--raw")).Succeeded().Output.ShouldBe("hello");
        var started = Descendants(dev.Id);
        started.Select(process => process.Name).ShouldContain("node", "an Azurite of its own");
        await Signals.TerminateAsync(dev.Id);
        await dev.WaitForExitAsync().WaitAsync(Generous);
        dev.ExitCode.ShouldBe(130, await rest + await errors);
        Running(started).ShouldBeEmpty();
    }

    private static async Task<string> ReadAddressAsync(Process dev)
    {
        while (await dev.StandardOutput.ReadLineAsync().WaitAsync(Generous) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
                return match.Groups["address"].Value;
        }

        throw new InvalidOperationException($"It ended: {await dev.StandardError.ReadToEndAsync()}");
    }

    private static List<Child> Running(IEnumerable<Child> children) => [.. children.Where(child => All().Contains(child))];

    /// <summary>The processes that a process has started, and those that they have.</summary>
    private static List<Child> Descendants(int id)
    {
        var all = All();
        var found = new List<Child>();
        for (var some = all.FindAll(child => child.Parent == id); some.Count > 0; )
        {
            found.AddRange(some);
            some = all.FindAll(child => some.Exists(parent => parent.Id == child.Parent));
        }

        return found;
    }

    /// <summary>By /proc; the time of a start tells a process from a later one of the same id.</summary>
    private static List<Child> All()
    {
        var all = new List<Child>();
        foreach (var stat in Directory.GetDirectories("/proc").Select(process => Path.Combine(process, "stat")).Where(File.Exists))
        {
            try
            {
                if (Stat().Match(File.ReadAllText(stat)) is { Success: true } match && match.Groups["state"].Value != "Z")
                    all.Add(
                        new(
                            int.Parse(match.Groups["id"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture),
                            int.Parse(match.Groups["parent"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture),
                            match.Groups["name"].Value,
                            match.Groups["started"].Value
                        )
                    );
            }
            catch (IOException)
            {
                // It is gone.
            }
        }

        return all;
    }

    [GeneratedRegex(@"FuncQueue listens on (?<address>http://\S+)")]
    private static partial Regex Listening();

    // proc(5): pid (comm) state ppid …; the 22nd is when it started.
    [GeneratedRegex(@"^(?<id>\d+) \((?<name>.*)\) (?<state>\S) (?<parent>\d+) (\S+ ){17}(?<started>\d+) ")]
    private static partial Regex Stat();

    private sealed record Child(int Id, int Parent, string Name, string Started)
    {
        /// <summary>Whoever its parent is by now.</summary>
        public bool Equals(Child? other) => other is not null && (Id, Started) == (other.Id, other.Started);

        public override int GetHashCode() => HashCode.Combine(Id, Started);
    }
}
