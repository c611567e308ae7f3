using FuncQueue.Chaos.Runs;
using FuncQueue.Tests.Support;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>What the documents say that the program takes, it takes.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public void The_commands_of_the_documents_are_taken()
    {
        var commands = DocumentedCommand.All.Select(command => command.ArgumentsFor("tests/Chaos")).OfType<string[]>().ToList();
        commands.ShouldContain(arguments => arguments.SequenceEqual(new[] { Program.Overload }));
        foreach (var arguments in commands.Where(arguments => !arguments.Contains(Program.Overload)))
            ChaosOptions.Parse(arguments).Duration.ShouldBeGreaterThan(TimeSpan.Zero);
    }
}
