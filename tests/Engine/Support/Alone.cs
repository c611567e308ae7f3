namespace FuncQueue.Engine.Tests.Support;

/// <summary>Tests beside which no other runs: they measure what belongs to the process, its memory and its processor time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
