using CsCheck;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>The rules of <see cref="Engine.Shards.CommitRounds"/>, in every order in which things can happen.</summary>
public sealed class CommitRoundsTests
{
    private static readonly Gen<string> Script = Gen.Char["wrn."]
        .Array[1, 5]
        .Select(turns => new string(turns).Trim('.') is { Length: > 0 } script ? script : "w");

    [Theory]
    [InlineData("ww")]
    [InlineData("rw.w")]
    [InlineData("w", "w")]
    [InlineData("ww", "w")]
    [InlineData("r", "w")]
    [InlineData("nw", "r")]
    [InlineData("w", "n.w")]
    public void Of_few_turns_every_order_is_right(params string[] scripts)
    {
        var (orders, shared) = (0, 0);
        // Each run goes another way at the last place where there is one left.
        List<(int Chosen, int Of)>? way = [];
        while (way is not null)
        {
            var (taken, prefix) = (new List<(int Chosen, int Of)>(), way);
            var model = new RoundsModel(
                scripts,
                of =>
                {
                    var next = taken.Count < prefix.Count ? prefix[taken.Count].Chosen : 0;
                    taken.Add((next, of));
                    return next;
                }
            );
            model.Run();
            orders++;
            shared += model.Shared;
            way = Next(taken);
        }

        orders.ShouldBeGreaterThan(5);
        (shared > 0).ShouldBe(scripts.Length > 1);
    }

    [Fact]
    public void Of_two_loops_any_order_is_right() => Sample(Script.Array[2], 2000);

    [Fact]
    public void Of_three_loops_any_order_is_right() => Sample(Script.Array[3], 2000);

    private static void Sample(Gen<string[]> scripts, int times) =>
        Gen.Select(scripts, Gen.Int[0, int.MaxValue])
            .Sample(
                (loops, seed) =>
                {
                    var random = new Random(seed);
                    new RoundsModel(loops, random.Next).Run();
                },
                iter: times,
                threads: 1
            );

    private static List<(int Chosen, int Of)>? Next(List<(int Chosen, int Of)> taken)
    {
        while (taken.Count > 0)
        {
            var (chosen, of) = taken[^1];
            taken.RemoveAt(taken.Count - 1);
            if (chosen + 1 < of)
                return [.. taken, (chosen + 1, of)];
        }

        return null;
    }
}
