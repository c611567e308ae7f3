using FuncQueue.Benchmarks.Reports;
using FuncQueue.Benchmarks.Scenarios;
using FuncQueue.Tests.Support;
using Shouldly;
using Xunit;

namespace FuncQueue.Benchmarks.Tests;

/// <summary>What the documents say that the program takes, it takes.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public void The_commands_of_the_documents_are_taken()
    {
        var commands = DocumentedCommand.All.Select(command => command.ArgumentsFor("tests/Benchmarks")).OfType<string[]>().ToList();
        commands.Count.ShouldBeGreaterThan(1);
        foreach (var arguments in commands)
            CommandLine
                .Create()
                .Parse([.. arguments.Select(word => word == "NAME" ? AllFigures.All[0].Scenario : word)])
                .Errors.ShouldBeEmpty(string.Join(' ', arguments));
    }
}
