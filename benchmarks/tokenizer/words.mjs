// Words that texts are made of, the common ones first.

const list = (text) => text.trim().split(/\s+/);

export const english = {
  small:
    list(`the of and a to in is that it was for on with as be by at this not are from or have an they which you
    one had but were all she there would their we him been has when who will more no if out so up what about them can
    only other into some could time these two may then do first any my now such like our over me even most after also
    did many before must through back where much your how too very down should because long each just those people
    under why never both between while against again without another enough perhaps almost rather already although`),
  nouns:
    list(`way day year thing world life hand part child eye place week case point number group problem fact water
    room mother area story month lot right study book word business issue side kind head house service friend father
    power hour game line end member law car city name team minute idea body information parent face level office door
    health person art war history party result change morning reason research moment teacher force education foot boy
    age policy music market sense nation plan college interest death experience effect memory class river mountain
    engine valley machine kitchen letter window garden lantern harbour carpet whistle village kettle thunder cathedral
    meadow pencil orchard bicycle telescope passenger blanket chimney library cupboard avalanche umbrella hinge quarry`),
  verbs:
    list(`look turn start call show need work play move live believe hold happen bring seem help talk ask allow add
    spend grow open walk offer remember consider appear wait serve die send expect build stay reach remain suggest raise
    pass sell require report decide pull wander explain hesitate repair gather polish navigate translate measure borrow
    calculate whisper collapse examine furnish illuminate negotiate scatter untangle`),
  adjectives:
    list(`good new great old big small large young different little important early public bad able late hard
    strong possible whole clear recent certain personal red difficult available likely short single open simple cold
    quiet narrow enormous brittle curious gentle hollow restless ancient velvet peculiar transparent magnificent`),
};

export const syllables =
  list(`ka ri mo len tor va shi ne bel dra ulm os quin fe zar pol ith gan wy tra ber nok el sa du
  pre chi mar von lek ast rho ban ty gol mir eth cu par xi lo den hul jor ami kess`);

/** Words of languages that are written with spaces. */
export const languages = {
  spanish:
    list(`de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me sin
    sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está niño corazón mañana
    ciudad camino pequeña canción montaña árbol después pregunta señor luz tierra aquellas palabras encontrábamos`),
  french:
    list(`de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont mais avec
    nous être était aux fait où même après très façon années élève forêt lumière c'est l'été qu'elle déjà œuvre garçon
    château rivière longtemps aujourd'hui bibliothèque chercheurs souvenirs fenêtre commençait quelquefois`),
  german:
    list(`der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er
    hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor Straße Häuser
    Geschwindigkeit Donaudampfschifffahrt größer Mädchen später Wörterbuch Verständnis Nachbarschaft müssen`),
  russian:
    list(`и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой так же от сказать
    человек год день время рука дело жизнь слово место хорошо дорога вода голова большой деревня снег библиотека
    рассказывать подождите неожиданно город машина вечером письмо разговор`),
  greek:
    list(`και το να του η της με που την από για είναι στο ο θα τα δεν τον μας αυτό στην ήταν όταν έχει σπίτι θάλασσα
    δρόμος ημέρα παιδί μεγάλο βιβλίο νερό ιστορία άνθρωπος πόλη πρωί μουσική χρόνια`),
  arabic:
    list(`في من على إلى أن هذا التي الذي عن مع كان لا ما هو هي بعد كل قبل بين حتى المدينة الكتاب البحر الطريق
    الصباح يوم سنة رجل امرأة طفل كبير صغير جميل ماء السماء مدرسة`),
  hindi:
    list(`के में है की से का को और पर यह ने कि एक भी नहीं तो ही था हो लिए वह कर साल दिन पानी घर किताब शहर बच्चा
    बड़ा छोटा सुबह कहानी आदमी समय जीवन सड़क`),
  korean:
    list(`이 그 저는 우리는 있다 없다 하다 오늘 내일 사람 시간 학교 도시 바다 물 아침 이야기 책을 읽었다 천천히
    아름다운 작은 커다란 그리고 하지만 그래서 걸어갔다`),
};

/** Parts of sentences in languages that are written without spaces. */
export const unspaced = {
  chinese:
    list(`我们 他们 今天 明天 城市 的 了 在 是 和 一个 老师 学生 早上 大海 山上 非常 漂亮 看见 一只 白色 骆驼
    慢慢地 走过 图书馆 问题 因为 所以 可以 时间 故事 孩子 喜欢 音乐 窗户 下雨`),
  japanese:
    list(`私 は が を に の 今日 明日 学校 で 静かな 町 から 来た 人 たち 本 読みました 海 とても きれい です
    ラクダ ゆっくり 歩いて 図書館 音楽 窓 雨 が 降る と 思います しかし そして`),
};

export const emoji = list("😀 😂 🦙 ❤️ 👍🏽 🎉 🚀 🤔 👩‍💻 🇵🇪 ✨ 🙏");
