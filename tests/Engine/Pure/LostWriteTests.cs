using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// What a lost write may have done, against a small model of storage: every order in which the write arrives, early, late, twice or not at
/// all, others write over it, and the places are looked at.
/// </summary>
[Trait("Guarantee", "5")]
public sealed class LostWriteTests
{
    /// <summary>How a place shows that the write was carried out: by what it leaves there, by an end that stays, or not at all.</summary>
    private enum Kind
    {
        /// <summary>It leaves something of its own, which others may write over.</summary>
        Traced,

        /// <summary>It leaves an end of its own, which nobody writes over.</summary>
        Ended,

        /// <summary>It leaves what anybody else could, as where the row goes.</summary>
        Silent,
    }

    private enum Content
    {
        Before,
        Ours,
        Others,
    }

    public static TheoryData<string> EveryShape
    {
        get
        {
            var data = new TheoryData<string>();
            var kinds = Enum.GetNames<Kind>();
            foreach (var a in kinds)
            {
                data.Add(a);
                foreach (var b in kinds)
                    data.Add($"{a} {b}");
            }

            data.Add("Silent Silent Silent");
            data.Add("Traced Silent Silent");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryShape))]
    public void What_is_told_of_a_lost_write_is_true_whatever_happened(string shape)
    {
        var kinds = shape.Split(' ').Select(Enum.Parse<Kind>).ToArray();
        var told = new HashSet<Fate>();
        var histories = 0;
        new Model(
            kinds,
            (model, seen) =>
            {
                histories++;
                var fate = LostWrite.FateOf(seen);
                told.Add(fate);
                var isTrue = fate switch
                {
                    Fate.CarriedOut => model.CarriedOut,
                    Fate.Void => !model.CarriedOut && !model.CanArrive,
                    Fate.Adrift => !model.CarriedOutBeforeTheFirstLook,
                    Fate.LookAgain => seen.Any(s => s.Sight == Sight.Untouched),
                    _ => true,
                };
                if (!isTrue)
                    Assert.Fail($"{model}: {string.Join(' ', seen)} was told as {fate}.");
            }
        ).Explore();
        histories.ShouldBeGreaterThan(kinds.Length == 1 ? 20 : 200);
        told.ShouldContain(Fate.Adrift);
        told.ShouldContain(kinds.All(k => k == Kind.Silent) ? Fate.Open : Fate.CarriedOut);
        if (kinds.Any(k => k == Kind.Ended) || kinds.Length > 1)
            told.ShouldContain(Fate.Void);
    }

    [Fact]
    public void What_tells_is_told()
    {
        LostWrite.FateOf([(Sight.Changed, 1), (Sight.Ours, 1), (Sight.Unread, 1)]).ShouldBe(Fate.CarriedOut);
        LostWrite.FateOf([(Sight.Changed, 1), (Sight.NeverOurs, 1), (Sight.Untouched, 1)]).ShouldBe(Fate.Void);
        LostWrite.FateOf([(Sight.Untouched, 1), (Sight.Unread, 1)]).ShouldBe(Fate.Adrift);
        LostWrite
            .FateOf([(Sight.Changed, 1), (Sight.Untouched, 1)])
            .ShouldBe(Fate.LookAgain, "which of the two was seen first, nobody knows");
        LostWrite.FateOf([(Sight.Changed, 1), (Sight.Untouched, 1), (Sight.Untouched, 2)]).ShouldBe(Fate.Void);
        LostWrite.FateOf([(Sight.Changed, 1), (Sight.Untouched, 1), (Sight.Changed, 2)]).ShouldBe(Fate.LookAgain);
        LostWrite.FateOf([(Sight.Changed, 1), (Sight.Unread, 1)]).ShouldBe(Fate.Open);
        LostWrite.FateOf([]).ShouldBe(Fate.Open);
    }

    /// <summary>
    /// Explores all histories of up to two others' writes, two deliveries of ours and two looks at every place, the first of which may
    /// fail.
    /// </summary>
    private sealed class Model(Kind[] kinds, Action<Model, IReadOnlyList<(Sight Sight, int Look)>> judge)
    {
        private readonly Content[] places = new Content[kinds.Length];
        private readonly List<(Sight, int)> seen = [];
        private readonly List<string> history = [];
        private int deliveries = 2;
        private int others = 2;
        private bool[] unseen = [.. kinds.Select(_ => true)];
        private int look = 1;
        private readonly HashSet<string> explored = [];

        public bool CarriedOut { get; private set; }

        public bool CarriedOutBeforeTheFirstLook { get; private set; }

        /// <summary>Each place is changed under the condition that it is as before.</summary>
        public bool CanArrive => places.All(p => p == Content.Before);

        public override string ToString() => string.Join(", ", history);

        public void Explore()
        {
            // What has led here is of no account.
            if (
                !explored.Add(
                    $"{string.Join(',', places)} {string.Join(',', seen.Order())} {string.Join(',', unseen)} {deliveries} "
                        + $"{others} {look} {CarriedOut} {CarriedOutBeforeTheFirstLook}"
                )
            )
                return;
            Step("ours arrives", deliveries > 0, Deliver);
            for (var i = 0; i < places.Length; i++)
            {
                var place = i;
                // An end that is ours stays.
                Step(
                    $"others write {place}",
                    others > 0 && !(kinds[place] == Kind.Ended && places[place] == Content.Ours),
                    () =>
                    {
                        others--;
                        places[place] = Content.Others;
                    }
                );
                Step($"look {look} at {place}", unseen[place], () => See(place, SightOf(place)));
                Step($"look {look} at {place} fails", unseen[place] && look == 1, () => See(place, Sight.Unread));
            }

            if (unseen.Any(u => u))
                return;
            judge(this, seen);
            Step(
                "all are looked at again",
                look == 1,
                () =>
                {
                    look++;
                    unseen = [.. kinds.Select(_ => true)];
                }
            );
        }

        private void Deliver()
        {
            deliveries--;
            if (!CanArrive)
                return;
            CarriedOut = true;
            CarriedOutBeforeTheFirstLook |= seen.Count == 0;
            Array.Fill(places, Content.Ours);
        }

        private void See(int place, Sight sight)
        {
            seen.Add((sight, look));
            unseen[place] = false;
        }

        private Sight SightOf(int place) =>
            (kinds[place], places[place]) switch
            {
                (_, Content.Before) => Sight.Untouched,
                (Kind.Silent, _) => Sight.Changed,
                (_, Content.Ours) => Sight.Ours,
                (Kind.Ended, _) => Sight.NeverOurs,
                _ => Sight.Changed,
            };

        private void Step(string what, bool possible, Action act)
        {
            if (!possible)
                return;
            var (placesBefore, unseenBefore) = ((Content[])places.Clone(), (bool[])unseen.Clone());
            var before = (deliveries, others, look, seen.Count, CarriedOut, CarriedOutBeforeTheFirstLook);
            history.Add(what);
            act();
            Explore();
            history.RemoveAt(history.Count - 1);
            placesBefore.CopyTo(places, 0);
            unseen = unseenBefore;
            (deliveries, others, look, var count, CarriedOut, CarriedOutBeforeTheFirstLook) = before;
            seen.RemoveRange(count, seen.Count - count);
        }
    }
}
