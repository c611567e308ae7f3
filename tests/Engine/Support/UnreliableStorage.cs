namespace FuncQueue.Engine.Tests.Support;

/// <summary>Storage on which every so often something goes wrong.</summary>
public static class UnreliableStorage
{
    public static void MakeUnreliable(this TestEngine engine, Random random)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(random);
        engine.Faults.LoseAnswer(r => r.WritesQueue && random.NextDouble() < 0.03, int.MaxValue);
        engine.Faults.Overtake(r => r.WritesQueue && random.NextDouble() < 0.03, int.MaxValue);
        engine.Faults.LoseRequest(r => r.WritesQueue && random.NextDouble() < 0.02, int.MaxValue);
        engine.Faults.Refuse(r => random.NextDouble() < 0.02, int.MaxValue);
        engine.Faults.Throttle(r => random.NextDouble() < 0.02, int.MaxValue);
    }
}
