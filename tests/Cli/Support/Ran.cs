namespace FuncQueue.Cli.Tests.Support;

/// <summary>What a run left.</summary>
public sealed record Ran(int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Ran Succeeded()
    {
        ExitCode.ShouldBe(0, Output + Errors);
        return this;
    }
}
