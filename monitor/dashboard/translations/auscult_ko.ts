<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>S&amp;ource</source>
        <translation>음원(&amp;O)</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>음원 선택</translation>
    </message>
    <message>
        <source>Choose a source (Alt+O)</source>
        <translation>음원 선택 (Alt+O)</translation>
    </message>
    <message>
        <source>St&amp;art</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Start or stop</source>
        <translation>시작 또는 정지</translation>
    </message>
    <message>
        <source>Start or stop (Space)</source>
        <translation>시작 또는 정지 (Space)</translation>
    </message>
    <message>
        <source>&amp;Record off</source>
        <translation>녹음 끔</translation>
    </message>
    <message>
        <source>Record on or off</source>
        <translation>녹음 켜기/끄기</translation>
    </message>
    <message>
        <source>Record the sound of devices (R)</source>
        <translation>장치의 소리를 녹음 (R)</translation>
    </message>
    <message>
        <source>Soun&amp;d off</source>
        <translation>소리 끔</translation>
    </message>
    <message>
        <source>Sound on or off</source>
        <translation>소리 켜기/끄기</translation>
    </message>
    <message>
        <source>Play recordings aloud (S)</source>
        <translation>녹음 파일을 소리 내어 재생 (S)</translation>
    </message>
    <message>
        <source>&amp;Why off</source>
        <translation>근거 끔</translation>
    </message>
    <message>
        <source>Outline what moved the verdict</source>
        <translation>판정 근거를 윤곽선으로 표시</translation>
    </message>
    <message>
        <source>Outline what moved the verdict (W)</source>
        <translation>판정 근거를 윤곽선으로 표시 (W)</translation>
    </message>
    <message>
        <source>A&amp;verage off</source>
        <translation>평균 끔</translation>
    </message>
    <message>
        <source>Average beat or spectrogram</source>
        <translation>평균 심박 또는 스펙트로그램</translation>
    </message>
    <message>
        <source>Average of the last beats (A)</source>
        <translation>최근 심박의 평균 (A)</translation>
    </message>
    <message>
        <source>E&amp;xamine</source>
        <translation>검사</translation>
    </message>
    <message>
        <source>Guided examination</source>
        <translation>단계별 청진 검사</translation>
    </message>
    <message>
        <source>Guided examination of several sites (X)</source>
        <translation>여러 부위의 단계별 청진 검사 (X)</translation>
    </message>
    <message>
        <source>Li&amp;ght</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Light or dark theme</source>
        <translation>밝은 또는 어두운 화면</translation>
    </message>
    <message>
        <source>Light or dark theme (T)</source>
        <translation>밝은 또는 어두운 화면 (T)</translation>
    </message>
    <message>
        <source>K&amp;eys</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>All keys (?)</source>
        <translation>모든 단축키 (?)</translation>
    </message>
    <message>
        <source>Sto&amp;p</source>
        <translation>정지</translation>
    </message>
    <message>
        <source>&amp;Record on</source>
        <translation>녹음 켬</translation>
    </message>
    <message>
        <source>Soun&amp;d on</source>
        <translation>소리 켬</translation>
    </message>
    <message>
        <source>&amp;Why on</source>
        <translation>근거 켬</translation>
    </message>
    <message>
        <source>A&amp;verage on</source>
        <translation>평균 켬</translation>
    </message>
    <message>
        <source>Dar&amp;k</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>&amp;Microphones</source>
        <translation>마이크(&amp;M)</translation>
    </message>
    <message>
        <source>Open &amp;recordings…</source>
        <translation>녹음 파일 열기(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Demonstrations</source>
        <translation>시연용 녹음(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Synthetic hearts</source>
        <translation>합성 심음(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;LSL streams</source>
        <translation>LSL 스트림(&amp;L)</translation>
    </message>
    <message>
        <source>Looking for devices…</source>
        <translation>장치를 찾는 중…</translation>
    </message>
    <message>
        <source>No device list</source>
        <translation>장치 목록 없음</translation>
    </message>
    <message>
        <source>Looking for streams…</source>
        <translation>스트림을 찾는 중…</translation>
    </message>
    <message>
        <source>No stream with sound</source>
        <translation>소리가 있는 스트림 없음</translation>
    </message>
    <message>
        <source>Open recordings</source>
        <translation>녹음 파일 열기</translation>
    </message>
    <message>
        <source>&amp;Look in:</source>
        <translation>위치(&amp;L):</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>파일 형식(&amp;T):</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>녹음 파일</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>모든 파일</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>현재</translation>
    </message>
    <message>
        <source>Back to now</source>
        <translation>현재로 돌아가기</translation>
    </message>
    <message>
        <source>Back to now (End)</source>
        <translation>현재로 돌아가기 (End)</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>재생</translation>
    </message>
    <message>
        <source>Play the past</source>
        <translation>지난 소리 재생</translation>
    </message>
    <message>
        <source>Play what is marked or shown (P)</source>
        <translation>표시한 구간 또는 보이는 구간 재생 (P)</translation>
    </message>
    <message>
        <source>Tempo</source>
        <translation>재생 속도</translation>
    </message>
    <message>
        <source>Slower (-), faster (+)</source>
        <translation>느리게 (-), 빠르게 (+)</translation>
    </message>
    <message>
        <source>Loop off</source>
        <translation>반복 끔</translation>
    </message>
    <message>
        <source>Loop on or off</source>
        <translation>반복 켜기/끄기</translation>
    </message>
    <message>
        <source>Play in a loop (L)</source>
        <translation>반복 재생 (L)</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>구간 표시</translation>
    </message>
    <message>
        <source>Mark the start, then the end (M); or drag with Shift</source>
        <translation>구간의 시작과 끝을 차례로 표시 (M), 또는 Shift를 누르고 끌기</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>저장</translation>
    </message>
    <message>
        <source>Save what is marked or shown (Ctrl+S)</source>
        <translation>표시한 구간 또는 보이는 구간 저장 (Ctrl+S)</translation>
    </message>
    <message>
        <source>Save as heard</source>
        <translation>들리는 대로 저장</translation>
    </message>
    <message>
        <source>Save it with filter and tempo (Ctrl+Shift+S)</source>
        <translation>필터와 재생 속도를 적용하여 저장 (Ctrl+Shift+S)</translation>
    </message>
    <message>
        <source>Wide</source>
        <translation>광대역</translation>
    </message>
    <message>
        <source>Listening filter</source>
        <translation>청취 필터</translation>
    </message>
    <message>
        <source>Bell (B), diaphragm (D)</source>
        <translation>벨 (B), 다이어프램 (D)</translation>
    </message>
    <message>
        <source>Headphones off</source>
        <translation>헤드폰 끔</translation>
    </message>
    <message>
        <source>Headphones on or off</source>
        <translation>헤드폰 켜기/끄기</translation>
    </message>
    <message>
        <source>Hear the device (H)</source>
        <translation>장치의 소리 듣기 (H)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>닫기 (Esc)</translation>
    </message>
    <message>
        <source>Examine another patient (Ctrl+N)</source>
        <translation>다른 환자 검사 (Ctrl+N)</translation>
    </message>
    <message>
        <source>dash, no verdict</source>
        <translation>줄표, 판정 없음</translation>
    </message>
    <message>
        <source>Live, the last 10 s.</source>
        <translation>실시간, 최근 10초.</translation>
    </message>
    <message>
        <source>Nothing is drawn yet.</source>
        <translation>아직 표시된 것이 없습니다.</translation>
    </message>
    <message>
        <source>The average beat in place of the spectrogram.</source>
        <translation>스펙트로그램 대신 평균 심박.</translation>
    </message>
    <message>
        <source>No trend yet.</source>
        <translation>아직 추이가 없습니다.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>정지</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Stop playing the past</source>
        <translation>지난 소리 재생 정지</translation>
    </message>
    <message>
        <source>Sign of technical messages</source>
        <translation>기술 메시지 표시</translation>
    </message>
    <message>
        <source>Gauge of the probability of abnormal</source>
        <translation>비정상 확률 게이지</translation>
    </message>
    <message>
        <source>Marked: {first} S1, {second} S2.</source>
        <translation>표시됨: S1 {first}개, S2 {second}개.</translation>
    </message>
    <message>
        <source>Probability of abnormal {newest}, lately between {least} and {greatest}; {poor} of {windows} windows refused.</source>
        <translation>비정상 확률 {newest}, 최근 {least}에서 {greatest} 사이. 구간 {windows}개 중 {poor}개 제외.</translation>
    </message>
    <message>
        <source>Loop on</source>
        <translation>반복 켬</translation>
    </message>
    <message>
        <source>Headphones on</source>
        <translation>헤드폰 켬</translation>
    </message>
    <message>
        <source>Go back and listen</source>
        <translation>지난 소리 다시 듣기</translation>
    </message>
    <message>
        <source>What is shown and heard</source>
        <translation>표시 및 청취 상태</translation>
    </message>
    <message>
        <source>Last 60 seconds</source>
        <translation>최근 60초</translation>
    </message>
    <message>
        <source>Drag to go back (← →); with Shift to mark (M)</source>
        <translation>끌어서 되돌아가기 (← →), Shift를 누르고 끌어서 구간 표시 (M)</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>확인</translation>
    </message>
    <message>
        <source>Technical messages read</source>
        <translation>기술 메시지 확인</translation>
    </message>
    <message>
        <source>Put away technical messages (Del)</source>
        <translation>기술 메시지 치우기 (Del)</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>메시지</translation>
    </message>
    <message>
        <source>Tester&apos;s panel</source>
        <translation>시험자용 창</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Close the tester&apos;s panel</source>
        <translation>시험자용 창 닫기</translation>
    </message>
    <message>
        <source>Close the tester&apos;s panel (F12)</source>
        <translation>시험자용 창 닫기 (F12)</translation>
    </message>
    <message>
        <source>State of the session</source>
        <translation>세션 상태</translation>
    </message>
    <message>
        <source>&amp;Begin</source>
        <translation>검사 시작</translation>
    </message>
    <message>
        <source>Begin the examination</source>
        <translation>검사 시작</translation>
    </message>
    <message>
        <source>Begin the examination (Enter)</source>
        <translation>검사 시작 (Enter)</translation>
    </message>
    <message>
        <source>Examinations…</source>
        <translation>검사 목록…</translation>
    </message>
    <message>
        <source>Earlier examinations</source>
        <translation>이전 검사</translation>
    </message>
    <message>
        <source>Earlier examinations (Ctrl+E)</source>
        <translation>이전 검사 (Ctrl+E)</translation>
    </message>
    <message>
        <source>Others…</source>
        <translation>검사 목록…</translation>
    </message>
    <message>
        <source>Close the results</source>
        <translation>결과 닫기</translation>
    </message>
    <message>
        <source>Close the results (X)</source>
        <translation>결과 닫기 (X)</translation>
    </message>
    <message>
        <source>Close the list</source>
        <translation>목록 닫기</translation>
    </message>
    <message>
        <source>Close the list (Esc)</source>
        <translation>목록 닫기 (Esc)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Open the examination</source>
        <translation>검사 열기</translation>
    </message>
    <message>
        <source>Show its results (Enter)</source>
        <translation>검사 결과 보기 (Enter)</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Delete the examination</source>
        <translation>검사 삭제</translation>
    </message>
    <message>
        <source>Delete it with its sound (Del)</source>
        <translation>소리와 함께 삭제 (Del)</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>다시</translation>
    </message>
    <message>
        <source>Restart the site</source>
        <translation>이 부위 다시 듣기</translation>
    </message>
    <message>
        <source>Forget this site and listen anew (Backspace)</source>
        <translation>이 부위의 결과를 지우고 다시 듣기 (Backspace)</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>건너뛰기</translation>
    </message>
    <message>
        <source>Skip the site</source>
        <translation>이 부위 건너뛰기</translation>
    </message>
    <message>
        <source>Leave this site for the next one (N)</source>
        <translation>이 부위를 건너뛰고 다음 부위로 (N)</translation>
    </message>
    <message>
        <source>&amp;Finish</source>
        <translation>종료</translation>
    </message>
    <message>
        <source>Finish the examination</source>
        <translation>검사 종료</translation>
    </message>
    <message>
        <source>End the examination (X)</source>
        <translation>검사 종료 (X)</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>보고서…</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>보고서</translation>
    </message>
    <message>
        <source>Write a report, or open it (Ctrl+P)</source>
        <translation>보고서 작성 또는 열기 (Ctrl+P)</translation>
    </message>
    <message>
        <source>New examination</source>
        <translation>새 검사</translation>
    </message>
    <message>
        <source>New</source>
        <translation>새 검사</translation>
    </message>
    <message>
        <source>Patient reference</source>
        <translation>환자 식별명</translation>
    </message>
    <message>
        <source>In your own words, or as suggested; it may be empty</source>
        <translation>직접 입력하거나 제안된 이름을 사용하십시오. 비워 두어도 됩니다</translation>
    </message>
    <message>
        <source>Another site…</source>
        <translation>다른 부위…</translation>
    </message>
    <message>
        <source>Name another site and press Enter to listen there</source>
        <translation>다른 부위의 이름을 입력하고 Enter를 누르면 그 부위를 청진합니다</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>메모</translation>
    </message>
    <message>
        <source>Chest with the sites</source>
        <translation>가슴 그림과 청진 부위</translation>
    </message>
    <message>
        <source>Verdict on the whole</source>
        <translation>종합 판정</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>환자</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>Hint</source>
        <translation>도움말</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>음원</translation>
    </message>
    <message>
        <source>Sample rate</source>
        <translation>표본화율</translation>
    </message>
    <message>
        <source>Lost samples</source>
        <translation>손실된 표본</translation>
    </message>
    <message>
        <source>Skipped windows</source>
        <translation>건너뛴 구간</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>지연</translation>
    </message>
    <message>
        <source>Elapsed time</source>
        <translation>경과 시간</translation>
    </message>
    <message>
        <source>Level meter</source>
        <translation>음량 표시</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>판정</translation>
    </message>
    <message>
        <source>Shape of the verdict</source>
        <translation>판정 도형</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>확률</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>판독</translation>
    </message>
    <message>
        <source>Signal quality</source>
        <translation>신호 품질</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>기록</translation>
    </message>
    <message>
        <source>Average beat</source>
        <translation>평균 심박</translation>
    </message>
    <message>
        <source>Presentation</source>
        <translation>발표 화면</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>제목</translation>
    </message>
    <message>
        <source>What comes next</source>
        <translation>다음 순서</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Place in the playlist</source>
        <translation>재생 목록 순서</translation>
    </message>
    <message>
        <source>Black screen</source>
        <translation>검은 화면</translation>
    </message>
    <message>
        <source>Examination</source>
        <translation>청진 검사</translation>
    </message>
    <message>
        <source>Examinations</source>
        <translation>청진 검사 목록</translation>
    </message>
    <message>
        <source>Begun</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Four sites, about half a minute each. The next one comes by itself.</source>
        <translation>네 부위를 각각 30초쯤 청진합니다. 다음 부위로 자동으로 넘어갑니다.</translation>
    </message>
    <message>
        <source>Plug in a stethoscope, or open a recording first.</source>
        <translation>먼저 청진기를 연결하거나 녹음 파일을 여십시오.</translation>
    </message>
    <message>
        <source>Keep its sound</source>
        <translation>소리도 보관</translation>
    </message>
    <message>
        <source>Record the sound of this examination, so that each site can be heard again</source>
        <translation>부위별로 다시 들을 수 있도록 이 검사의 소리를 녹음합니다</translation>
    </message>
    <message>
        <source>Nothing is kept: the program was started so.</source>
        <translation>보관하지 않도록 실행되었습니다. 아무것도 저장되지 않습니다.</translation>
    </message>
    <message>
        <source>Opening the source…</source>
        <translation>음원을 여는 중…</translation>
    </message>
    <message>
        <source>This examination could not be kept: write a report of it to another disk.</source>
        <translation>이 검사를 보관하지 못했습니다. 보고서를 다른 디스크에 저장하십시오.</translation>
    </message>
    <message>
        <source>Not all of this examination could be kept: write a report of it to another disk.</source>
        <translation>이 검사의 일부를 보관하지 못했습니다. 보고서를 다른 디스크에 저장하십시오.</translation>
    </message>
    <message>
        <source>Hold it still: listening starts by itself, after 10 s at the soonest.</source>
        <translation>움직이지 않게 대고 계십시오. 빠르면 10초 뒤에 자동으로 시작합니다.</translation>
    </message>
    <message>
        <source>End the examination? Press X or Finish once more.</source>
        <translation>검사를 끝내시겠습니까? X나 종료를 한 번 더 누르십시오.</translation>
    </message>
    <message>
        <source>Stopping ends the examination. Press once more to stop.</source>
        <translation>정지하면 검사가 끝납니다. 정지하려면 한 번 더 누르십시오.</translation>
    </message>
    <message>
        <source>This was the last one.</source>
        <translation>마지막 부위였습니다.</translation>
    </message>
    <message>
        <source>done</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>Skip (N) ends this site as poor signal.</source>
        <translation>건너뛰기 (N)를 누르면 이 부위는 신호 불량으로 끝납니다.</translation>
    </message>
    <message>
        <source>All sites are heard.</source>
        <translation>모든 부위를 청진했습니다.</translation>
    </message>
    <message>
        <source>Finish shows the results. Choose a site to hear it again.</source>
        <translation>종료를 누르면 결과가 나옵니다. 부위를 선택하면 다시 청진합니다.</translation>
    </message>
    <message>
        <source>The sound ended before every site was heard.</source>
        <translation>모든 부위를 듣기 전에 소리가 끝났습니다.</translation>
    </message>
    <message>
        <source>The program ended before this examination did.</source>
        <translation>검사가 끝나기 전에 프로그램이 종료되었습니다.</translation>
    </message>
    <message>
        <source>Another site</source>
        <translation>다른 부위</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>찾는 중…</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>삭제 중…</translation>
    </message>
    <message>
        <source>It still runs, here or in another program: it cannot be deleted.</source>
        <translation>여기 또는 다른 프로그램에서 진행 중이므로 삭제할 수 없습니다.</translation>
    </message>
    <message>
        <source>It is open: close its results before you delete it.</source>
        <translation>열려 있는 검사입니다. 삭제하려면 먼저 결과를 닫으십시오.</translation>
    </message>
    <message>
        <source>No examinations yet.</source>
        <translation>아직 검사가 없습니다.</translation>
    </message>
    <message>
        <source>Finish the running examination first.</source>
        <translation>진행 중인 검사를 먼저 종료하십시오.</translation>
    </message>
    <message>
        <source>murmur: listen yourself</source>
        <translation>심잡음: 직접 들어 보십시오</translation>
    </message>
    <message>
        <source>Its sound was not kept</source>
        <translation>소리를 보관하지 않았습니다</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>보고서 열기</translation>
    </message>
    <message>
        <source>Write the report to</source>
        <translation>보고서 저장 위치</translation>
    </message>
    <message>
        <source>PDF and HTML</source>
        <translation>PDF와 HTML</translation>
    </message>
    <message>
        <source>INTERRUPTED</source>
        <translation>중단됨</translation>
    </message>
    <message>
        <source>RUNNING</source>
        <translation>진행 중</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>대기</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>청진 중</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>건너뜀</translation>
    </message>
    <message>
        <source>aortic</source>
        <translation>대동맥판</translation>
    </message>
    <message>
        <source>pulmonary</source>
        <translation>폐동맥판</translation>
    </message>
    <message>
        <source>tricuspid</source>
        <translation>삼첨판</translation>
    </message>
    <message>
        <source>mitral</source>
        <translation>승모판</translation>
    </message>
    <message>
        <source>Agree</source>
        <translation>동의</translation>
    </message>
    <message>
        <source>Disagree</source>
        <translation>동의 안 함</translation>
    </message>
    <message>
        <source>I agree</source>
        <translation>판정에 동의합니다</translation>
    </message>
    <message>
        <source>Say that you agree ({key})</source>
        <translation>판정에 동의 ({key})</translation>
    </message>
    <message>
        <source>Say that you disagree ({key})</source>
        <translation>판정에 동의하지 않음 ({key})</translation>
    </message>
    <message>
        <source>I disagree</source>
        <translation>판정에 동의하지 않습니다</translation>
    </message>
    <message>
        <source>Place the stethoscope on the {site} site.</source>
        <translation>청진기를 {site} 부위에 대십시오.</translation>
    </message>
    <message>
        <source>Listening: {progress}</source>
        <translation>청진 중: {progress}</translation>
    </message>
    <message>
        <source>{good} of {needed} s</source>
        <translation>{needed}초 중 {good}초</translation>
    </message>
    <message>
        <source>Next: the {site} site.</source>
        <translation>다음: {site} 부위.</translation>
    </message>
    <message>
        <source>Delete the examination of {whose} and its sound, for good? Press Delete once more.</source>
        <translation>{whose} 검사와 소리를 영구히 삭제하시겠습니까? 삭제를 한 번 더 누르십시오.</translation>
    </message>
    <message>
        <source>Delete the examination of {whose} and all that was said of it, for good? Press Delete once more.</source>
        <translation>{whose} 검사와 그 기록을 영구히 삭제하시겠습니까? 삭제를 한 번 더 누르십시오.</translation>
    </message>
    <message>
        <source>Report written: {file}</source>
        <translation>보고서 작성 완료: {file}</translation>
    </message>
    <message>
        <source>No program here opens {file}</source>
        <translation>이 컴퓨터에는 {file} 파일을 여는 프로그램이 없습니다</translation>
    </message>
    <message>
        <source>Writing {share}</source>
        <translation>작성 중 {share}</translation>
    </message>
    <message>
        <source>highest probability {probability}</source>
        <translation>가장 높은 확률 {probability}</translation>
    </message>
    <message>
        <source>Hear the {site} site again</source>
        <translation>{site} 부위 다시 듣기</translation>
    </message>
    <message>
        <source>Listen at the {site} site ({key})</source>
        <translation>{site} 부위 청진 ({key})</translation>
    </message>
    <message>
        <source>Listen at the {site} site</source>
        <translation>{site} 부위 청진</translation>
    </message>
    <message>
        <source>{site} site</source>
        <translation>{site} 부위</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>실시간</translation>
    </message>
    <message>
        <source>The end</source>
        <translation>끝</translation>
    </message>
    <message>
        <source>Nothing heard yet</source>
        <translation>아직 들은 소리 없음</translation>
    </message>
    <message>
        <source>marking, M ends it</source>
        <translation>구간 표시 중, M으로 끝냄</translation>
    </message>
    <message>
        <source>Bell</source>
        <translation>벨</translation>
    </message>
    <message>
        <source>Diaphragm</source>
        <translation>다이어프램</translation>
    </message>
    <message>
        <source>The sound output is gone: sound is off</source>
        <translation>소리 출력 장치가 없어져 소리를 껐습니다</translation>
    </message>
    <message>
        <source>There is nothing to go back to yet</source>
        <translation>아직 되돌아갈 소리가 없습니다</translation>
    </message>
    <message>
        <source>Sound on the computer&apos;s loudspeaker: it will howl. Plug headphones in</source>
        <translation>컴퓨터 스피커로 소리가 나와 하울링이 생깁니다. 헤드폰을 연결하십시오</translation>
    </message>
    <message>
        <source>Use headphones: a loudspeaker would howl</source>
        <translation>헤드폰을 사용하십시오. 스피커로는 하울링이 생깁니다</translation>
    </message>
    <message>
        <source>Save raw sound</source>
        <translation>원래 소리 저장</translation>
    </message>
    <message>
        <source>Save sound as heard</source>
        <translation>들리는 대로 소리 저장</translation>
    </message>
    <message>
        <source>WAV, 24 bit (*.wav)</source>
        <translation>WAV, 24비트 (*.wav)</translation>
    </message>
    <message>
        <source>5 s back, forward</source>
        <translation>5초 뒤로, 앞으로</translation>
    </message>
    <message>
        <source>Oldest, now</source>
        <translation>가장 오래된 곳, 현재</translation>
    </message>
    <message>
        <source>Mark start, then end</source>
        <translation>구간의 시작, 끝 표시</translation>
    </message>
    <message>
        <source>Play what is marked or shown</source>
        <translation>표시한/보이는 구간 재생</translation>
    </message>
    <message>
        <source>Play it in a loop</source>
        <translation>반복 재생</translation>
    </message>
    <message>
        <source>Slower, faster</source>
        <translation>느리게, 빠르게</translation>
    </message>
    <message>
        <source>Save it</source>
        <translation>저장</translation>
    </message>
    <message>
        <source>Save it as heard</source>
        <translation>들리는 대로 저장</translation>
    </message>
    <message>
        <source>Bell, diaphragm; again: wide</source>
        <translation>벨, 다이어프램 (다시: 광대역)</translation>
    </message>
    <message>
        <source>Headphones, for devices</source>
        <translation>헤드폰 (장치용)</translation>
    </message>
    <message>
        <source>{seconds} s before the end</source>
        <translation>끝에서 {seconds}초 전</translation>
    </message>
    <message>
        <source>{seconds} s ago</source>
        <translation>{seconds}초 전</translation>
    </message>
    <message>
        <source>Past: {ago}</source>
        <translation>지난 소리: {ago}</translation>
    </message>
    <message>
        <source>{seconds} s marked</source>
        <translation>{seconds}초 표시됨</translation>
    </message>
    <message>
        <source>delay {delay} ms</source>
        <translation>지연 {delay} ms</translation>
    </message>
    <message>
        <source>Saved: {file}</source>
        <translation>저장됨: {file}</translation>
    </message>
    <message>
        <source>{file} cannot be written ({reason}): choose another place</source>
        <translation>{file} 파일에 쓸 수 없습니다 ({reason}). 다른 위치를 선택하십시오</translation>
    </message>
    <message>
        <source>Listening filter: {filter}</source>
        <translation>청취 필터: {filter}</translation>
    </message>
    <message>
        <source>Tempo {tempo}</source>
        <translation>재생 속도 {tempo}</translation>
    </message>
    <message>
        <source>Heart sound examination</source>
        <translation>심음 청진 검사</translation>
    </message>
    <message>
        <source>When</source>
        <translation>일시</translation>
    </message>
    <message>
        <source>Clinician</source>
        <translation>의료진 의견</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>프로그램</translation>
    </message>
    <message>
        <source>Probability of abnormal</source>
        <translation>비정상 확률</translation>
    </message>
    <message>
        <source>Highest probability of any site</source>
        <translation>부위 중 가장 높은 확률</translation>
    </message>
    <message>
        <source>Heart rate</source>
        <translation>심박수</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>신호 품질</translation>
    </message>
    <message>
        <source>All sites together</source>
        <translation>전체 부위 종합</translation>
    </message>
    <message>
        <source>Sites, in the order of listening</source>
        <translation>청진한 순서대로 본 부위</translation>
    </message>
    <message>
        <source>not given</source>
        <translation>입력하지 않음</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>SKIPPED</source>
        <translation>건너뜀</translation>
    </message>
    <message>
        <source>dash</source>
        <translation>줄표</translation>
    </message>
    <message>
        <source>Not listened to.</source>
        <translation>청진하지 않았습니다.</translation>
    </message>
    <message>
        <source>No site was listened to.</source>
        <translation>청진한 부위가 없습니다.</translation>
    </message>
    <message>
        <source>No verdict either way.</source>
        <translation>어느 쪽으로도 판정하지 않았습니다.</translation>
    </message>
    <message>
        <source>Nothing could be judged.</source>
        <translation>판정할 수 있는 소리가 없었습니다.</translation>
    </message>
    <message>
        <source>A murmur is read at a site called normal: listen yourself.</source>
        <translation>정상으로 판정된 부위에 심잡음이 판독되었습니다. 직접 들어 보십시오.</translation>
    </message>
    <message>
        <source>No reading of murmurs: too few sure beats.</source>
        <translation>심잡음 판독 없음: 확실한 심박이 너무 적습니다.</translation>
    </message>
    <message>
        <source>Sound was not kept: no picture</source>
        <translation>소리를 보관하지 않아 그림이 없습니다</translation>
    </message>
    <message>
        <source>Too little sound was kept, or it cannot be read: no picture</source>
        <translation>보관된 소리가 너무 짧거나 읽을 수 없어 그림이 없습니다</translation>
    </message>
    <message>
        <source>S1 and S2 not found</source>
        <translation>S1과 S2를 찾지 못했습니다</translation>
    </message>
    <message>
        <source>S1 and S2 not marked: the model is not at hand</source>
        <translation>S1과 S2 표시 없음: 해당 모델이 없습니다</translation>
    </message>
    <message>
        <source>S1 and S2 not marked: the model does not find them</source>
        <translation>S1과 S2 표시 없음: 이 모델은 찾지 않습니다</translation>
    </message>
    <message>
        <source>“…” marks what was shortened to fit one page; the examination as stored has all of it.</source>
        <translation>“…”는 한 쪽에 맞추어 줄인 부분입니다. 저장된 검사에는 전체 내용이 있습니다.</translation>
    </message>
    <message>
        <source>Pictures: bandpassed sound (S1 solid, S2 hollow bars), spectrogram (darker is louder), seconds since listening began</source>
        <translation>그림: 대역 통과 파형(S1 채운 막대, S2 빈 막대), 스펙트로그램(진할수록 큰 소리), 청진 시작부터의 시간(초)</translation>
    </message>
    <message>
        <source>No opinion given</source>
        <translation>의견 없음</translation>
    </message>
    <message>
        <source>Agrees with the verdict</source>
        <translation>판정에 동의함</translation>
    </message>
    <message>
        <source>Disagrees with the verdict</source>
        <translation>판정에 동의하지 않음</translation>
    </message>
    <message>
        <source>{count} abnormal</source>
        <translation>비정상 {count}</translation>
    </message>
    <message>
        <source>{count} normal</source>
        <translation>정상 {count}</translation>
    </message>
    <message>
        <source>{count} uncertain</source>
        <translation>판정 보류 {count}</translation>
    </message>
    <message>
        <source>{count} poor signal</source>
        <translation>신호 불량 {count}</translation>
    </message>
    <message>
        <source>{count} too short to judge</source>
        <translation>시간 부족 {count}</translation>
    </message>
    <message>
        <source>{count} skipped</source>
        <translation>건너뜀 {count}</translation>
    </message>
    <message>
        <source>Too quiet.</source>
        <translation>소리가 너무 작았습니다.</translation>
    </message>
    <message>
        <source>Sound overdriven.</source>
        <translation>소리가 지나치게 커서 잘렸습니다.</translation>
    </message>
    <message>
        <source>Heart sound not always heard.</source>
        <translation>심음이 들리지 않은 때가 있었습니다.</translation>
    </message>
    <message>
        <source>Talking or noise nearby.</source>
        <translation>주변에 말소리나 소음이 있었습니다.</translation>
    </message>
    <message>
        <source>Chest piece moved.</source>
        <translation>체스트피스가 움직였습니다.</translation>
    </message>
    <message>
        <source>Mains hum.</source>
        <translation>전원 잡음이 있었습니다.</translation>
    </message>
    <message>
        <source>Sound was lost.</source>
        <translation>소리가 끊겼습니다.</translation>
    </message>
    <message>
        <source>Heart sound faded.</source>
        <translation>심음이 점점 작아졌습니다.</translation>
    </message>
    <message>
        <source>The source lacks high frequencies: no confident verdict.</source>
        <translation>음원에 높은 주파수가 없어 확실한 판정을 할 수 없습니다.</translation>
    </message>
    <message>
        <source>Shorter than 10 s: looped to fill the window.</source>
        <translation>10초보다 짧아 반복하여 분석했습니다.</translation>
    </message>
    <message>
        <source>{count} more site is not shown.</source>
        <translation>{count}개 부위는 표시하지 않았습니다.</translation>
    </message>
    <message>
        <source>{count} more sites are not shown.</source>
        <translation>{count}개 부위는 표시하지 않았습니다.</translation>
    </message>
    <message>
        <source>{count} site: {verdicts}.</source>
        <translation>{count}개 부위: {verdicts}.</translation>
    </message>
    <message>
        <source>{count} sites: {verdicts}.</source>
        <translation>{count}개 부위: {verdicts}.</translation>
    </message>
    <message>
        <source>Scale from normal 0 to abnormal 1, pointer at {probability}</source>
        <translation>정상 0에서 비정상 1까지의 눈금, 바늘 {probability}</translation>
    </message>
    <message>
        <source>Scale from normal 0 to abnormal 1, pointer at {probability}, undecided between {low} and {high}</source>
        <translation>정상 0에서 비정상 1까지의 눈금, 바늘 {probability}, {low}에서 {high}까지는 판정 보류</translation>
    </message>
    <message>
        <source>{site}: waveform above spectrogram, 20 to 850 Hz, {seconds} s, {first} S1 and {second} S2 marked</source>
        <translation>{site}: 위에 파형, 아래에 20~850 Hz 스펙트로그램, {seconds}초, S1 {first}개와 S2 {second}개 표시</translation>
    </message>
    <message>
        <source>{site}: waveform above spectrogram, 20 to 850 Hz, {seconds} s</source>
        <translation>{site}: 위에 파형, 아래에 20~850 Hz 스펙트로그램, {seconds}초</translation>
    </message>
    <message>
        <source>How to read the probability: where normal and abnormal hearts are equally many, about 80 of 100 sounds that get 0.80 are abnormal; where the signal was doubtful, the program does not decide.</source>
        <translation>확률 읽는 법: 정상 심장과 비정상 심장의 수가 같은 집단에서 확률이 0.80인 소리 100개 중 약 80개가 비정상입니다. 신호가 의심스러우면 프로그램은 판정하지 않습니다.</translation>
    </message>
    <message>
        <source>How to read the probability: where normal and abnormal hearts are equally many, about 80 of 100 sounds that get 0.80 are abnormal; between {low} and {high} (hatched) or where the signal was doubtful, the program does not decide.</source>
        <translation>확률 읽는 법: 정상 심장과 비정상 심장의 수가 같은 집단에서 확률이 0.80인 소리 100개 중 약 80개가 비정상입니다. {low}에서 {high} 사이(빗금)이거나 신호가 의심스러우면 프로그램은 판정하지 않습니다.</translation>
    </message>
    <message>
        <source>Device, at {rate}</source>
        <translation>장치, {rate}</translation>
    </message>
    <message>
        <source>{begin} to {end}, {zone}</source>
        <translation>{begin}부터 {end}까지, {zone}</translation>
    </message>
    <message>
        <source>{quality}, {good} of {listened} s good</source>
        <translation>{quality}, {listened}초 중 {good}초 양호</translation>
    </message>
    <message>
        <source>{title}, synthetic</source>
        <translation>{title}, 합성</translation>
    </message>
    <message>
        <source>{title}, by script</source>
        <translation>{title}, 시나리오</translation>
    </message>
    <message>
        <source>Default input device</source>
        <translation>기본 입력 장치</translation>
    </message>
    <message>
        <source>Normal heart</source>
        <translation>정상 심음</translation>
    </message>
    <message>
        <source>Aortic stenosis</source>
        <translation>대동맥판 협착</translation>
    </message>
    <message>
        <source>Mitral regurgitation</source>
        <translation>승모판 역류</translation>
    </message>
    <message>
        <source>Mitral valve prolapse</source>
        <translation>승모판 탈출</translation>
    </message>
    <message>
        <source>Mitral stenosis</source>
        <translation>승모판 협착</translation>
    </message>
    <message>
        <source>Aortic regurgitation</source>
        <translation>대동맥판 역류</translation>
    </message>
    <message>
        <source>Third heart sound (S3)</source>
        <translation>제3심음(S3)</translation>
    </message>
    <message>
        <source>Fourth heart sound (S4)</source>
        <translation>제4심음(S4)</translation>
    </message>
    <message>
        <source>synthetic {condition}</source>
        <translation>합성음: {condition}</translation>
    </message>
    <message>
        <source>scripted {condition}</source>
        <translation>시나리오: {condition}</translation>
    </message>
    <message>
        <source>Normal heart, 72 per minute</source>
        <translation>정상 심음, 분당 72회</translation>
    </message>
    <message>
        <source>Normal heart, 104 per minute, noisy</source>
        <translation>정상 심음, 분당 104회, 잡음 있음</translation>
    </message>
    <message>
        <source>Mitral valve prolapse: click and late systolic murmur</source>
        <translation>승모판 탈출: 클릭음과 수축기 후기 심잡음</translation>
    </message>
    <message>
        <source>Mitral stenosis: opening snap and diastolic rumble</source>
        <translation>승모판 협착: 개방음과 이완기 럼블</translation>
    </message>
    <message>
        <source>Third heart sound (gallop)</source>
        <translation>제3심음(말발굽음)</translation>
    </message>
    <message>
        <source>No murmur heard between the heart sounds</source>
        <translation>심음 사이에 심잡음이 들리지 않음</translation>
    </message>
    <message>
        <source>Systolic murmur</source>
        <translation>수축기 심잡음</translation>
    </message>
    <message>
        <source>Early systolic murmur</source>
        <translation>수축기 초기 심잡음</translation>
    </message>
    <message>
        <source>Mid systolic murmur</source>
        <translation>수축기 중기 심잡음</translation>
    </message>
    <message>
        <source>Late systolic murmur</source>
        <translation>수축기 후기 심잡음</translation>
    </message>
    <message>
        <source>Holosystolic murmur</source>
        <translation>전수축기 심잡음</translation>
    </message>
    <message>
        <source>Diastolic murmur</source>
        <translation>이완기 심잡음</translation>
    </message>
    <message>
        <source>Early diastolic murmur</source>
        <translation>이완기 초기 심잡음</translation>
    </message>
    <message>
        <source>Mid diastolic murmur</source>
        <translation>이완기 중기 심잡음</translation>
    </message>
    <message>
        <source>Late diastolic murmur</source>
        <translation>이완기 후기 심잡음</translation>
    </message>
    <message>
        <source>Holodiastolic murmur</source>
        <translation>전이완기 심잡음</translation>
    </message>
    <message>
        <source>Continuous murmur</source>
        <translation>연속성 심잡음</translation>
    </message>
    <message>
        <source>crescendo</source>
        <translation>점강형</translation>
    </message>
    <message>
        <source>decrescendo</source>
        <translation>점약형</translation>
    </message>
    <message>
        <source>diamond-shaped</source>
        <translation>점강점약형</translation>
    </message>
    <message>
        <source>even</source>
        <translation>평탄형</translation>
    </message>
    <message>
        <source>through the second sound</source>
        <translation>제2심음 너머 지속</translation>
    </message>
    <message>
        <source>around {frequency} Hz</source>
        <translation>약&#xa0;{frequency} Hz</translation>
    </message>
    <message>
        <source>in {heard} of {beats} beats</source>
        <translation>{beats}박&#xa0;중&#xa0;{heard}박</translation>
    </message>
    <message>
        <source>{seconds} s lost</source>
        <translation>{seconds}초 손실</translation>
    </message>
    <message>
        <source>{seconds} s lost, bridged</source>
        <translation>{seconds}초 손실, 이어 붙임</translation>
    </message>
    <message>
        <source>{count} bad sample replaced</source>
        <translation>잘못된 표본 {count}개 대체</translation>
    </message>
    <message>
        <source>{count} bad samples replaced</source>
        <translation>잘못된 표본 {count}개 대체</translation>
    </message>
    <message>
        <source>{count} sample at full scale</source>
        <translation>최댓값 표본 {count}개</translation>
    </message>
    <message>
        <source>{count} samples at full scale</source>
        <translation>최댓값 표본 {count}개</translation>
    </message>
    <message>
        <source>{count} window passed over for a newer one</source>
        <translation>구간 {count}개를 건너뛰고 최신 구간 분석</translation>
    </message>
    <message>
        <source>{count} windows passed over for a newer one</source>
        <translation>구간 {count}개를 건너뛰고 최신 구간 분석</translation>
    </message>
    <message>
        <source>{count} times the device&apos;s buffer overflowed</source>
        <translation>장치 버퍼가 {count}회 넘침</translation>
    </message>
    <message>
        <source>{name} is back</source>
        <translation>{name}: 다시 연결됨</translation>
    </message>
    <message>
        <source>{name} is away, as the scenario says</source>
        <translation>{name}: 시나리오에 따라 연결 끊김</translation>
    </message>
    <message>
        <source>the stream ends within a sample</source>
        <translation>스트림이 표본 중간에서 끝남</translation>
    </message>
    <message>
        <source>the file ends at {seconds} s in the middle of its data</source>
        <translation>파일이 {seconds}초에서 데이터 중간에 끝남</translation>
    </message>
    <message>
        <source>the file ends at {seconds} s although its header promises {promised} s</source>
        <translation>파일 머리에는 {promised}초로 되어 있으나 {seconds}초에서 끝남</translation>
    </message>
    <message>
        <source>the readable part of the file ends at {seconds} s although its header promises {promised} s</source>
        <translation>파일 머리에는 {promised}초로 되어 있으나 {seconds}초까지만 읽을 수 있음</translation>
    </message>
    <message>
        <source>{name} delivers nothing</source>
        <translation>{name}: 소리가 들어오지 않음</translation>
    </message>
    <message>
        <source>{name} delivers nothing more</source>
        <translation>{name}: 더 이상 소리가 들어오지 않음</translation>
    </message>
    <message>
        <source>{name} gives no more sound</source>
        <translation>{name}: 소리가 끊김</translation>
    </message>
    <message>
        <source>{name} delivers nothing but zeros: is it switched on, and the right input?</source>
        <translation>{name}: 무음만 들어옵니다. 전원이 켜져 있고 올바른 입력인지 확인하십시오</translation>
    </message>
    <message>
        <source>{name} overflows: the machine is too busy</source>
        <translation>{name}: 컴퓨터가 너무 바빠 소리가 넘칩니다</translation>
    </message>
    <message>
        <source>{name} is gone: plug it in again and start anew</source>
        <translation>{name}: 연결이 끊겼습니다. 다시 연결하고 새로 시작하십시오</translation>
    </message>
    <message>
        <source>{name} is gone: start it again, and then anew</source>
        <translation>{name}: 연결이 끊겼습니다. 그것을 다시 켠 뒤 새로 시작하십시오</translation>
    </message>
    <message>
        <source>{name} fits several devices: {devices}; say which</source>
        <translation>{name}: 여러 장치가 해당됩니다 ({devices}). 어느 것인지 지정하십시오</translation>
    </message>
    <message>
        <source>no input device is called {name}; auscult devices lists them</source>
        <translation>{name}: 이런 이름의 입력 장치가 없습니다. auscult devices 명령이 목록을 보여 줍니다</translation>
    </message>
    <message>
        <source>{name} is the computer&apos;s own microphone, not a stethoscope</source>
        <translation>{name}: 청진기가 아니라 컴퓨터 내장 마이크입니다</translation>
    </message>
    <message>
        <source>{name}, chosen last, is not there: {other} is listened to instead</source>
        <translation>마지막에 선택한 {name} 장치가 없어 {other} 장치로 듣습니다</translation>
    </message>
    <message>
        <source>no input device: plug in a stethoscope, or replay a recording</source>
        <translation>입력 장치가 없습니다. 청진기를 연결하거나 녹음 파일을 재생하십시오</translation>
    </message>
    <message>
        <source>{name} cannot be opened ({reason}); is it plugged in, allowed, and not in use?</source>
        <translation>{name} 장치를 열 수 없습니다 ({reason}). 연결과 권한을 확인하고, 다른 프로그램이 쓰고 있지 않은지 확인하십시오</translation>
    </message>
    <message>
        <source>{file}: does not exist; check the name</source>
        <translation>{file}: 파일이 없습니다. 이름을 확인하십시오</translation>
    </message>
    <message>
        <source>{file}: is a folder; name a sound file in it</source>
        <translation>{file}: 폴더입니다. 그 안의 소리 파일을 지정하십시오</translation>
    </message>
    <message>
        <source>{file}: is not a regular file; name a sound file</source>
        <translation>{file}: 일반 파일이 아닙니다. 소리 파일을 지정하십시오</translation>
    </message>
    <message>
        <source>{file}: is empty (0 bytes); record or copy it again</source>
        <translation>{file}: 빈 파일(0바이트)입니다. 다시 녹음하거나 복사하십시오</translation>
    </message>
    <message>
        <source>{file}: may not be read; change its permissions</source>
        <translation>{file}: 읽을 권한이 없습니다. 권한을 바꾸십시오</translation>
    </message>
    <message>
        <source>{file}: cannot be opened ({reason}); check the name</source>
        <translation>{file}: 열 수 없습니다 ({reason}). 이름을 확인하십시오</translation>
    </message>
    <message>
        <source>{file}: is not a sound file that can be read; convert it to WAV or FLAC</source>
        <translation>{file}: 읽을 수 있는 소리 파일이 아닙니다. WAV나 FLAC으로 변환하십시오</translation>
    </message>
    <message>
        <source>{file}: has a damaged or incomplete header; copy or export it again</source>
        <translation>{file}: 파일 머리가 손상되었거나 불완전합니다. 다시 복사하거나 내보내십시오</translation>
    </message>
    <message>
        <source>{file}: has a damaged or incomplete header ({reason}); copy or export it again</source>
        <translation>{file}: 파일 머리가 손상되었거나 불완전합니다 ({reason}). 다시 복사하거나 내보내십시오</translation>
    </message>
    <message>
        <source>{file}: holds no samples that can be read; record or export it again</source>
        <translation>{file}: 읽을 수 있는 소리가 없습니다. 다시 녹음하거나 내보내십시오</translation>
    </message>
    <message>
        <source>{file}: has a damaged or incomplete header; copy it again</source>
        <translation>{file}: 파일 머리가 손상되었거나 불완전합니다. 다시 복사하십시오</translation>
    </message>
    <message>
        <source>{file}: has a damaged or incomplete header ({reason}); copy it again</source>
        <translation>{file}: 파일 머리가 손상되었거나 불완전합니다 ({reason}). 다시 복사하십시오</translation>
    </message>
    <message>
        <source>{file}: has interruptions (EDF+D); export its parts as files of their own</source>
        <translation>{file}: 중간에 끊긴 기록입니다 (EDF+D). 부분마다 별도의 파일로 내보내십시오</translation>
    </message>
    <message>
        <source>{file}: has a rate of {rate} Hz, which is no whole number; resample it</source>
        <translation>{file}: 표본화율 {rate} Hz가 정수가 아닙니다. 표본화율을 변환하십시오</translation>
    </message>
    <message>
        <source>{file}: has no channel {channel}; choose channel 1, its only one</source>
        <translation>{file}: 채널 {channel}이(가) 없습니다. 하나뿐인 채널 1을 고르십시오</translation>
    </message>
    <message>
        <source>{file}: has no channel {channel}; choose one of 1 to {channels}</source>
        <translation>{file}: 채널 {channel}이(가) 없습니다. 1부터 {channels} 중에서 고르십시오</translation>
    </message>
    <message>
        <source>{file}: is a record of several segments; name one: {segments}</source>
        <translation>{file}: 여러 구간으로 나뉜 기록입니다. 하나를 지정하십시오: {segments}</translation>
    </message>
    <message>
        <source>{file}: is in WFDB format {format}; convert it to format 16</source>
        <translation>{file}: WFDB 형식 {format}입니다. 형식 16으로 변환하십시오</translation>
    </message>
    <message>
        <source>{file}: its signal file {other} is missing; copy it beside it</source>
        <translation>{file}: 신호 파일 {other}이(가) 없습니다. 같은 폴더에 복사하십시오</translation>
    </message>
    <message>
        <source>{file}: does not say how long it is; copy or export it again</source>
        <translation>{file}: 길이가 적혀 있지 않습니다. 다시 복사하거나 내보내십시오</translation>
    </message>
    <message>
        <source>{file}: holds signals of which none is called a heart sound: {signals}; pick one by its name after a colon, {example}:NAME</source>
        <translation>{file}: 심음이라고 적힌 신호가 없습니다: {signals}. 쌍점 뒤에 이름을 적어 하나를 고르십시오, {example}:NAME</translation>
    </message>
    <message>
        <source>{file}: holds no signal {signal}: {signals}; pick one by its name after a colon, {example}:NAME</source>
        <translation>{file}: 신호 {signal}이(가) 없습니다: {signals}. 쌍점 뒤에 이름을 적어 하나를 고르십시오, {example}:NAME</translation>
    </message>
    <message>
        <source>{file}: needs the Python package {package}: install it by {command}</source>
        <translation>{file}: Python 패키지 {package}이(가) 필요합니다. 설치: {command}</translation>
    </message>
    <message>
        <source>{file}: has a rate of {rate} Hz, outside {low} to {high} Hz; resample it</source>
        <translation>{file}: 표본화율 {rate} Hz가 {low}~{high} Hz를 벗어납니다. 표본화율을 변환하십시오</translation>
    </message>
    <message>
        <source>{name}: none of its sound was recorded, or it was deleted</source>
        <translation>{name}: 소리를 녹음하지 않았거나 삭제되었습니다</translation>
    </message>
    <message>
        <source>the sound device does not start ({reason}); is another program using it?</source>
        <translation>소리 장치가 시작되지 않습니다 ({reason}). 다른 프로그램이 쓰고 있지 않은지 확인하십시오</translation>
    </message>
    <message>
        <source>this session is not kept: {reason}</source>
        <translation>이 세션을 보관하지 않습니다: {reason}</translation>
    </message>
    <message>
        <source>this session is not kept any more: {reason}</source>
        <translation>이 세션을 더 이상 보관하지 않습니다: {reason}</translation>
    </message>
    <message>
        <source>this examination is not kept: {reason}</source>
        <translation>이 검사를 보관하지 못했습니다: {reason}</translation>
    </message>
    <message>
        <source>nothing is recorded: {reason}</source>
        <translation>녹음하지 않습니다: {reason}</translation>
    </message>
    <message>
        <source>database or disk is full</source>
        <translation>디스크가 가득 참</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>디스크가 가득 참</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>읽기 전용 파일 시스템</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>권한 없음</translation>
    </message>
    <message>
        <source>{folder}: cannot be recorded to ({reason}); choose another folder</source>
        <translation>{folder} 폴더에 녹음할 수 없습니다 ({reason}). 다른 폴더를 선택하십시오</translation>
    </message>
    <message>
        <source>recording stopped: {file} cannot be written ({reason}); free space or choose another folder</source>
        <translation>녹음이 중단되었습니다: {file} 파일에 쓸 수 없습니다 ({reason}). 공간을 확보하거나 다른 폴더를 선택하십시오</translation>
    </message>
    <message>
        <source>{folder}: cannot be used ({reason}); free space, or choose another folder by --data</source>
        <translation>{folder} 폴더를 쓸 수 없습니다 ({reason}). 공간을 확보하거나 --data로 다른 폴더를 지정하십시오</translation>
    </message>
    <message>
        <source>recorded sound is {excess} GB above its quota of {quota} GB: auscult sessions prune offers the oldest for deletion</source>
        <translation>녹음된 소리가 한도 {quota} GB를 {excess} GB 넘었습니다. auscult sessions prune 명령으로 오래된 것을 삭제할 수 있습니다</translation>
    </message>
    <message>
        <source>the session database was damaged: it is kept as {file}, a new one was begun, and recorded sound is where it was</source>
        <translation>세션 데이터베이스가 손상되어 {file} 이름으로 보존하고 새로 시작했습니다. 녹음된 소리는 그대로 있습니다</translation>
    </message>
    <message>
        <source>{format} audio has at most {most} Hz, and this has {rate}: resample it, or export to wav</source>
        <translation>{format} 음원은 최대 {most} Hz인데 이 소리는 {rate} Hz입니다. 표본화율을 바꾸거나 WAV로 내보내십시오</translation>
    </message>
    <message>
        <source>its samples need floating point of 64 bits and {format} holds {most} bits</source>
        <translation>표본이 64비트 부동소수점인데 {format} 형식은 {most}비트까지 담습니다</translation>
    </message>
    <message>
        <source>its samples need floating point and {format} holds {most} bits</source>
        <translation>표본이 부동소수점인데 {format} 형식은 {most}비트까지 담습니다</translation>
    </message>
    <message>
        <source>its samples need {bits} bits and {format} holds {most} bits</source>
        <translation>표본에 {bits}비트가 필요한데 {format} 형식은 {most}비트까지 담습니다</translation>
    </message>
    <message>
        <source>session {session} has no sound</source>
        <translation>세션 {session}에 소리가 없습니다</translation>
    </message>
    <message>
        <source>session {session} is still running: stop it first</source>
        <translation>세션 {session}이(가) 아직 진행 중입니다. 먼저 정지하십시오</translation>
    </message>
    <message>
        <source>no session {session}; auscult sessions list names them</source>
        <translation>세션 {session}이(가) 없습니다</translation>
    </message>
    <message>
        <source>{format} is written to a name that ends in {suffix}, not {file}</source>
        <translation>{format} 파일의 이름은 {suffix}로 끝나야 합니다: {file}</translation>
    </message>
    <message>
        <source>{file}: a WFDB record&apos;s name has letters, digits, - and _ alone; choose another</source>
        <translation>{file}: WFDB 기록의 이름에는 영문자, 숫자, -, _만 쓸 수 있습니다. 다른 이름을 고르십시오</translation>
    </message>
    <message>
        <source>{file}: cannot be written ({reason})</source>
        <translation>{file}: 쓸 수 없습니다 ({reason})</translation>
    </message>
    <message>
        <source>rounded to {bits} bits; what was beyond full scale is cut, and no number is silence</source>
        <translation>{bits}비트로 반올림했습니다. 최대 범위를 넘는 값은 잘라 내고 숫자가 아닌 값은 무음으로 했습니다</translation>
    </message>
    <message>
        <source>rounded to floating point of 32 bits</source>
        <translation>32비트 부동소수점으로 반올림했습니다</translation>
    </message>
    <message>
        <source>{count} samples of silence were added: EDF+ holds whole data records</source>
        <translation>무음 표본 {count}개를 덧붙였습니다. EDF+는 온전한 데이터 레코드만 담습니다</translation>
    </message>
    <message>
        <source>DICOM wants a time and the recording has none: that of writing stands there</source>
        <translation>DICOM에는 시각이 필요한데 녹음에 없어 파일을 쓴 시각을 넣었습니다</translation>
    </message>
    <message>
        <source>bad samples replaced: {count}</source>
        <translation>잘못된 표본 {count}개를 대체했습니다</translation>
    </message>
    <message>
        <source>{truncated}; what is there was used</source>
        <translation>{truncated}. 있는 부분만 사용했습니다</translation>
    </message>
    <message>
        <source>{file}: a report is .pdf or .html; let its name end so</source>
        <translation>{file}: 보고서 이름은 .pdf 또는 .html로 끝나야 합니다</translation>
    </message>
    <message>
        <source>{file}: its folder does not exist; make it, or name another file</source>
        <translation>{file}: 폴더가 없습니다. 폴더를 만들거나 다른 파일을 지정하십시오</translation>
    </message>
    <message>
        <source>{file}: is a folder; name a file</source>
        <translation>{file}: 폴더입니다. 파일을 지정하십시오</translation>
    </message>
    <message>
        <source>{file}: cannot be written ({reason}); name a writable place with room</source>
        <translation>{file}: 파일에 쓸 수 없습니다 ({reason}). 쓸 수 있고 공간이 있는 위치를 지정하십시오</translation>
    </message>
    <message>
        <source>Research use only, not a medical device</source>
        <translation>연구용, 의료기기 아님</translation>
    </message>
    <message>
        <source>Space starts and stops, ? shows all keys</source>
        <translation>Space로 시작하고 정지합니다. ?를 누르면 모든 단축키가 나옵니다</translation>
    </message>
    <message>
        <source>NO SOURCE</source>
        <translation>음원 없음</translation>
    </message>
    <message>
        <source>READY</source>
        <translation>준비됨</translation>
    </message>
    <message>
        <source>LOADING</source>
        <translation>불러오는 중</translation>
    </message>
    <message>
        <source>NO VERDICT</source>
        <translation>판정 없음</translation>
    </message>
    <message>
        <source>The message below says why.</source>
        <translation>아래 메시지에 이유가 있습니다.</translation>
    </message>
    <message>
        <source>DEVICE LOST</source>
        <translation>장치 연결 끊김</translation>
    </message>
    <message>
        <source>Looking for it. Check the cable; listening goes on when it is back.</source>
        <translation>장치를 찾고 있습니다. 케이블을 확인하십시오. 다시 연결되면 청진을 계속합니다.</translation>
    </message>
    <message>
        <source>recording</source>
        <translation>녹음 중</translation>
    </message>
    <message>
        <source>not recording</source>
        <translation>녹음 안 함</translation>
    </message>
    <message>
        <source>The choice to record cannot be remembered</source>
        <translation>녹음 설정을 저장할 수 없습니다</translation>
    </message>
    <message>
        <source>No sound lost so far</source>
        <translation>지금까지 소리 손실 없음</translation>
    </message>
    <message>
        <source>Plug in a stethoscope, or open a recording</source>
        <translation>청진기를 연결하거나 녹음 파일을 여십시오</translation>
    </message>
    <message>
        <source>Sound plays only at normal speed</source>
        <translation>소리는 보통 속도에서만 재생됩니다</translation>
    </message>
    <message>
        <source>No sound output device: playing silently</source>
        <translation>소리 출력 장치가 없어 소리 없이 재생합니다</translation>
    </message>
    <message>
        <source>Technical</source>
        <translation>기술 메시지</translation>
    </message>
    <message>
        <source>▮▮ paused</source>
        <translation>▮▮ 일시 정지</translation>
    </message>
    <message>
        <source>What is live cannot be paused</source>
        <translation>실시간 소리는 일시 정지할 수 없습니다</translation>
    </message>
    <message>
        <source>Nothing to present: open recordings with Ctrl+O</source>
        <translation>발표할 것이 없습니다. Ctrl+O로 녹음 파일을 여십시오</translation>
    </message>
    <message>
        <source>Spectrogram; outlined: what moved the answer on a window towards abnormal (solid) or normal (dashed)</source>
        <translation>스펙트로그램. 윤곽선: 구간의 판정을 비정상(실선) 또는 정상(점선) 쪽으로 움직인 부분</translation>
    </message>
    <message>
        <source>Outlined: moved a window to abnormal (solid), normal (dashed)</source>
        <translation>윤곽선: 판정을 비정상(실선) 또는 정상(점선) 쪽으로 움직인 부분</translation>
    </message>
    <message>
        <source>Outlined: towards abnormal solid, normal dashed</source>
        <translation>윤곽선: 비정상 쪽 실선, 정상 쪽 점선</translation>
    </message>
    <message>
        <source>Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality</source>
        <translation>비정상 확률 (빗금: 판정 보류, 삼각형: 신호 불량), 아래: 신호 품질</translation>
    </message>
    <message>
        <source>Abnormal 0 to 1, hatched: uncertain, triangles: poor; quality</source>
        <translation>비정상 확률 (빗금: 보류, 삼각형: 불량), 신호 품질</translation>
    </message>
    <message>
        <source>Probability of abnormal, and quality</source>
        <translation>비정상 확률과 신호 품질</translation>
    </message>
    <message>
        <source>Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality. Whole session; V: last minutes</source>
        <translation>비정상 확률 (빗금: 판정 보류, 삼각형: 신호 불량), 아래: 신호 품질. 전체 세션 (V: 최근 몇 분)</translation>
    </message>
    <message>
        <source>Probability of abnormal, hatched: uncertain, triangles: poor signal; below: quality. Last minutes; V: whole session</source>
        <translation>비정상 확률 (빗금: 판정 보류, 삼각형: 신호 불량), 아래: 신호 품질. 최근 몇 분 (V: 전체 세션)</translation>
    </message>
    <message>
        <source>quality</source>
        <translation>품질</translation>
    </message>
    <message>
        <source>now</source>
        <translation>현재</translation>
    </message>
    <message>
        <source>Waveform, bandpassed; bars: S1 solid, S2 hollow</source>
        <translation>대역 통과 파형 (막대: S1 채움, S2 빔)</translation>
    </message>
    <message>
        <source>Spectrogram, {low}–{high} Hz</source>
        <translation>스펙트로그램, {low}–{high} Hz</translation>
    </message>
    <message>
        <source>Waveform, spectrogram and history of the verdict</source>
        <translation>파형, 스펙트로그램, 판정 추이</translation>
    </message>
    <message>
        <source>peak</source>
        <translation>최대</translation>
    </message>
    <message>
        <source>rms</source>
        <translation>실효</translation>
    </message>
    <message>
        <source>CLIP</source>
        <translation>과대</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>분석 구간</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>모델을 불러오는 중…</translation>
    </message>
    <message>
        <source>Press Start, or the space bar.</source>
        <translation>시작 또는 스페이스 바를 누르십시오.</translation>
    </message>
    <message>
        <source>Too short: no window was heard.</source>
        <translation>너무 짧아 분석할 구간이 없었습니다.</translation>
    </message>
    <message>
        <source>circle</source>
        <translation>원</translation>
    </message>
    <message>
        <source>diamond</source>
        <translation>마름모</translation>
    </message>
    <message>
        <source>dashed circle</source>
        <translation>점선 원</translation>
    </message>
    <message>
        <source>hollow triangle</source>
        <translation>빈 삼각형</translation>
    </message>
    <message>
        <source>hourglass</source>
        <translation>모래시계</translation>
    </message>
    <message>
        <source>opening</source>
        <translation>여는 중</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>불러오는 중</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>끝남</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>연결 끊김</translation>
    </message>
    <message>
        <source>normal 0</source>
        <translation>정상 0</translation>
    </message>
    <message>
        <source>1 abnormal</source>
        <translation>1 비정상</translation>
    </message>
    <message>
        <source>Average of the last good beats</source>
        <translation>최근 양호한 심박의 평균</translation>
    </message>
    <message>
        <source>Tester&apos;s panel; F12 closes it</source>
        <translation>시험자용 창 (F12로 닫기)</translation>
    </message>
    <message>
        <source>Tester&apos;s panel, standing still while something is selected; Ctrl+C copies it</source>
        <translation>시험자용 창, 선택하는 동안 멈춤 (Ctrl+C로 복사)</translation>
    </message>
    <message>
        <source>Nothing plays, so there are no beats to average.</source>
        <translation>재생 중인 소리가 없어 평균할 심박이 없습니다.</translation>
    </message>
    <message>
        <source>No heart sounds found yet. Beats are averaged from one S1 to the next.</source>
        <translation>아직 심음을 찾지 못했습니다. S1에서 다음 S1까지를 한 심박으로 평균합니다.</translation>
    </message>
    <message>
        <source>systole</source>
        <translation>수축기</translation>
    </message>
    <message>
        <source>diastole</source>
        <translation>이완기</translation>
    </message>
    <message>
        <source>good</source>
        <comment>quality</comment>
        <translation>양호</translation>
    </message>
    <message>
        <source>fair</source>
        <comment>quality</comment>
        <translation>보통</translation>
    </message>
    <message>
        <source>poor</source>
        <comment>quality</comment>
        <translation>불량</translation>
    </message>
    <message>
        <source>NORMAL</source>
        <translation>정상</translation>
    </message>
    <message>
        <source>ABNORMAL</source>
        <translation>비정상</translation>
    </message>
    <message>
        <source>UNCERTAIN</source>
        <translation>판정 보류</translation>
    </message>
    <message>
        <source>POOR SIGNAL</source>
        <translation>신호 불량</translation>
    </message>
    <message>
        <source>WARMING UP</source>
        <translation>분석 준비 중</translation>
    </message>
    <message>
        <source>The last half minute reads as normal.</source>
        <translation>최근 30초는 정상으로 판독됩니다.</translation>
    </message>
    <message>
        <source>The last half minute reads as abnormal.</source>
        <translation>최근 30초는 비정상으로 판독됩니다.</translation>
    </message>
    <message>
        <source>Between normal and abnormal. Keep listening.</source>
        <translation>정상과 비정상 사이입니다. 계속 청진하십시오.</translation>
    </message>
    <message>
        <source>Nothing could be classified.</source>
        <translation>분류할 수 있는 소리가 없었습니다.</translation>
    </message>
    <message>
        <source>Murmur in systole, yet the network says normal: neither is a diagnosis, listen yourself.</source>
        <translation>수축기 심잡음이 판독되나 신경망은 정상으로 봅니다. 둘 다 진단이 아니니 직접 들어 보십시오.</translation>
    </message>
    <message>
        <source>Murmur in diastole, yet the network says normal: neither is a diagnosis, listen yourself.</source>
        <translation>이완기 심잡음이 판독되나 신경망은 정상으로 봅니다. 둘 다 진단이 아니니 직접 들어 보십시오.</translation>
    </message>
    <message>
        <source>Continuous murmur, yet the network says normal: neither is a diagnosis, listen yourself.</source>
        <translation>연속성 심잡음이 판독되나 신경망은 정상으로 봅니다. 둘 다 진단이 아니니 직접 들어 보십시오.</translation>
    </message>
    <message>
        <source>Too quiet. Press the chest piece on, or turn the gain up.</source>
        <translation>소리가 너무 작습니다. 체스트피스를 밀착하거나 증폭을 높이십시오.</translation>
    </message>
    <message>
        <source>Sound overdriven. Turn the gain down.</source>
        <translation>소리가 너무 커서 잘립니다. 증폭을 낮추십시오.</translation>
    </message>
    <message>
        <source>No heart sound heard. Move the chest piece.</source>
        <translation>심음이 들리지 않습니다. 체스트피스의 위치를 옮기십시오.</translation>
    </message>
    <message>
        <source>Talking or noise nearby. Wait for quiet.</source>
        <translation>주변에 말소리나 소음이 있습니다. 조용해질 때까지 기다리십시오.</translation>
    </message>
    <message>
        <source>Chest piece moving. Hold it still.</source>
        <translation>체스트피스가 움직입니다. 움직이지 않게 대십시오.</translation>
    </message>
    <message>
        <source>Mains hum. Move away from power cables.</source>
        <translation>전원 잡음이 있습니다. 전원 케이블에서 멀리 옮기십시오.</translation>
    </message>
    <message>
        <source>Sound was lost. Listening again from the start.</source>
        <translation>소리가 끊겼습니다. 처음부터 다시 듣습니다.</translation>
    </message>
    <message>
        <source>Heart sound fading. Check the contact with the skin.</source>
        <translation>심음이 점점 작아집니다. 피부와의 접촉을 확인하십시오.</translation>
    </message>
    <message>
        <source>Recording shorter than 10 s: looped to fill the window.</source>
        <translation>녹음이 10초보다 짧아 반복하여 분석했습니다.</translation>
    </message>
    <message>
        <source>Sound lost</source>
        <translation>소리 손실</translation>
    </message>
    <message>
        <source>Input overflow</source>
        <translation>입력 넘침</translation>
    </message>
    <message>
        <source>Device lost</source>
        <translation>장치 연결 끊김</translation>
    </message>
    <message>
        <source>Device back</source>
        <translation>장치 다시 연결됨</translation>
    </message>
    <message>
        <source>Clipping</source>
        <translation>과대 입력</translation>
    </message>
    <message>
        <source>Bad samples</source>
        <translation>잘못된 표본</translation>
    </message>
    <message>
        <source>Fell behind</source>
        <translation>분석 지연</translation>
    </message>
    <message>
        <source>Record devices, or not</source>
        <translation>장치 소리 녹음 켜기/끄기</translation>
    </message>
    <message>
        <source>Sound on or off, for recordings</source>
        <translation>녹음 파일 소리 켜기/끄기</translation>
    </message>
    <message>
        <source>Guided examination, or its end</source>
        <translation>단계별 청진 검사, 또는 종료</translation>
    </message>
    <message>
        <source>In it: choose, skip, restart</source>
        <translation>검사 중: 선택, 건너뛰기, 다시</translation>
    </message>
    <message>
        <source>Results: hear, agree, disagree</source>
        <translation>결과: 듣기, 동의, 동의 안 함</translation>
    </message>
    <message>
        <source>A new examination</source>
        <translation>새 검사</translation>
    </message>
    <message>
        <source>Examinations that were made</source>
        <translation>이전 검사 목록</translation>
    </message>
    <message>
        <source>Report of the examination shown</source>
        <translation>표시된 검사의 보고서</translation>
    </message>
    <message>
        <source>Messages are read; listed: delete</source>
        <translation>메시지 확인, 목록에서는 삭제</translation>
    </message>
    <message>
        <source>Average beat, or spectrogram</source>
        <translation>평균 심박 또는 스펙트로그램</translation>
    </message>
    <message>
        <source>Trend of all, or last minutes</source>
        <translation>전체 추이 또는 최근 몇 분</translation>
    </message>
    <message>
        <source>Present, full screen; Esc leaves</source>
        <translation>전체 화면 발표 (Esc로 나감)</translation>
    </message>
    <message>
        <source>Then: next, back, pause</source>
        <translation>발표 중: 다음, 이전, 일시 정지</translation>
    </message>
    <message>
        <source>Then: black, and back</source>
        <translation>발표 중: 검은 화면</translation>
    </message>
    <message>
        <source>Next control; Enter presses it</source>
        <translation>다음 항목 (Enter로 누름)</translation>
    </message>
    <message>
        <source>Show or hide this list</source>
        <translation>이 목록 보기/숨기기</translation>
    </message>
    <message>
        <source>Hide this list, or the panel</source>
        <translation>목록이나 창 숨기기</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>창 닫기</translation>
    </message>
    <message>
        <source>{place} of {count}</source>
        <translation>{place} / {count}</translation>
    </message>
    <message>
        <source>Next: {title}</source>
        <translation>다음: {title}</translation>
    </message>
    <message>
        <source>{title} cannot be played, passed over</source>
        <translation>{title}: 재생할 수 없어 건너뜀</translation>
    </message>
    <message>
        <source>Average of {beats} good beats; shaded: one standard deviation</source>
        <translation>양호한 심박 {beats}회의 평균 (음영: 표준편차 1)</translation>
    </message>
    <message>
        <source>Fewer than {wanted} good beats yet: {good} so far.</source>
        <translation>양호한 심박이 아직 {wanted}회 미만입니다: 현재 {good}회.</translation>
    </message>
    <message>
        <source>{milliseconds} ms</source>
        <translation>{milliseconds} ms</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>외 {count}건</translation>
    </message>
    <message>
        <source>{seconds} s of sound lost so far</source>
        <translation>지금까지 소리 {seconds}초 손실</translation>
    </message>
    <message>
        <source>{rate} bpm, irregular</source>
        <translation>{rate} bpm, 불규칙</translation>
    </message>
    <message>
        <source>{rate} bpm</source>
        <translation>{rate} bpm</translation>
    </message>
    <message>
        <source>{probability}; uncertain between {low} and {high}</source>
        <translation>{probability}, {low}에서 {high}까지는 판정 보류</translation>
    </message>
    <message>
        <source>Peak {peak}, RMS {rms} dBFS, clipping</source>
        <translation>최대 {peak}, 실효 {rms} dBFS, 과대 입력</translation>
    </message>
    <message>
        <source>Peak {peak}, RMS {rms} dBFS</source>
        <translation>최대 {peak}, 실효 {rms} dBFS</translation>
    </message>
    <message>
        <source>{windows}, refused {poor}</source>
        <translation>{windows}, 제외 {poor}</translation>
    </message>
    <message>
        <source>Model {model}</source>
        <translation>모델 {model}</translation>
    </message>
    <message>
        <source>The last window was refused. {reason}</source>
        <translation>마지막 구간을 제외했습니다. {reason}</translation>
    </message>
    <message>
        <source>Ended. This is the verdict on the whole. {reason}</source>
        <translation>끝났습니다. 전체에 대한 판정입니다. {reason}</translation>
    </message>
    <message>
        <source>{heard} s of {needed} s heard.</source>
        <translation>{needed}초 중 {heard}초 들음.</translation>
    </message>
    <message>
        <source>lost {samples}</source>
        <translation>손실 {samples}</translation>
    </message>
    <message>
        <source>skipped {windows}</source>
        <translation>건너뜀 {windows}</translation>
    </message>
    <message>
        <source>latency {latency}</source>
        <translation>지연 {latency}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds}초</translation>
    </message>
    <message>
        <source>−{seconds} s</source>
        <translation>−{seconds}초</translation>
    </message>
    <message>
        <source>−{hours} h</source>
        <translation>−{hours}시간</translation>
    </message>
    <message>
        <source>−{minutes} min</source>
        <translation>−{minutes}분</translation>
    </message>
    <message>
        <source>{warning}. Choose another under Source.</source>
        <translation>{warning}. 음원에서 다른 장치를 선택하십시오.</translation>
    </message>
    <message>
        <source>input devices cannot be listed: {problem}</source>
        <translation>입력 장치 목록을 불러올 수 없습니다: {problem}</translation>
    </message>
    <message>
        <source>LSL streams cannot be listed: {problem}</source>
        <translation>LSL 스트림 목록을 볼 수 없습니다: {problem}</translation>
    </message>
    <message>
        <source>amber azure brisk bright calm clear copper coral crisp early fresh gentle golden green hazel ivory jade kind linen mellow mild olive pearl quiet rosy silver steady sunny teal violet warm woven</source>
        <translation>호박빛 하늘빛 씩씩한 밝은 고요한 맑은 구릿빛 산호빛 산뜻한 이른 싱그러운 온화한 금빛 초록빛 담갈색 상앗빛 비취빛 상냥한 아늑한 그윽한 부드러운 연둣빛 진줏빛 조용한 장밋빛 은빛 한결같은 화창한 청록빛 보랏빛 따뜻한 포근한</translation>
    </message>
    <message>
        <source>alder anchor aspen beacon birch bridge brook cedar cloud clover compass fern finch harbour heron island kite lantern lark maple meadow orchard otter pebble pine plum river robin sail thrush valley willow</source>
        <translation>오리나무 닻 사시나무 등대 자작나무 다리 시내 삼나무 구름 토끼풀 나침반 고사리 방울새 항구 왜가리 섬 연 등불 종달새 단풍 풀밭 과수원 수달 조약돌 소나무 자두 강 울새 돛 지빠귀 골짜기 버드나무</translation>
    </message>
    <message>
        <source>Expor&amp;t</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Export for other programs</source>
        <translation>다른 프로그램용으로 내보내기</translation>
    </message>
    <message>
        <source>Export for other programs (Ctrl+Shift+E)</source>
        <translation>다른 프로그램용으로 내보내기 (Ctrl+Shift+E)</translation>
    </message>
    <message>
        <source>&amp;FLAC, with a JSON file beside it…</source>
        <translation>FLAC, JSON 파일 포함(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;WAV, with a JSON file beside it…</source>
        <translation>WAV, JSON 파일 포함(&amp;W)…</translation>
    </message>
    <message>
        <source>&amp;EDF+, with annotations…</source>
        <translation>EDF+, 주석 포함(&amp;E)…</translation>
    </message>
    <message>
        <source>WFD&amp;B record, with annotations…</source>
        <translation>WFDB 기록, 주석 포함(&amp;B)…</translation>
    </message>
    <message>
        <source>&amp;DICOM audio waveform…</source>
        <translation>DICOM 음향 파형(&amp;D)…</translation>
    </message>
    <message>
        <source>F&amp;HIR bundle…</source>
        <translation>FHIR 번들(&amp;H)…</translation>
    </message>
    <message>
        <source>&amp;Round what is too fine: off</source>
        <translation>형식보다 정밀한 값 반올림(&amp;R): 끔</translation>
    </message>
    <message>
        <source>&amp;Round what is too fine: on</source>
        <translation>형식보다 정밀한 값 반올림(&amp;R): 켬</translation>
    </message>
    <message>
        <source>Nothing to export: open a recording, or listen to a device</source>
        <translation>내보낼 것이 없습니다. 녹음 파일을 열거나 장치를 청진하십시오</translation>
    </message>
    <message>
        <source>This is still being listened to: stop it, then export it</source>
        <translation>아직 청진 중입니다. 정지한 다음 내보내십시오</translation>
    </message>
    <message>
        <source>This was not kept: only recordings and kept sessions can be exported</source>
        <translation>보관되지 않았습니다. 녹음 파일과 보관된 세션만 내보낼 수 있습니다</translation>
    </message>
    <message>
        <source>Wait until what is being exported is written</source>
        <translation>지금 내보내는 것이 끝날 때까지 기다리십시오</translation>
    </message>
    <message>
        <source>: turn rounding on in the menu Export</source>
        <translation>. 내보내기 메뉴에서 반올림을 켜십시오</translation>
    </message>
    <message>
        <source>: turn rounding on in the menu Export, or export to WAV</source>
        <translation>. 내보내기 메뉴에서 반올림을 켜거나 WAV로 내보내십시오</translation>
    </message>
    <message>
        <source>: nothing was recorded (R). Export it to FHIR</source>
        <translation>. 녹음되지 않았습니다 (R). FHIR로 내보내십시오</translation>
    </message>
    <message>
        <source>: choose another place</source>
        <translation>. 다른 위치를 고르십시오</translation>
    </message>
    <message>
        <source>Export {title} to {format}</source>
        <translation>{title}: {format} 형식으로 내보내기</translation>
    </message>
    <message>
        <source>Exporting {title}: {share}</source>
        <translation>{title} 내보내는 중: {share}</translation>
    </message>
    <message>
        <source>Exported: {file}</source>
        <translation>내보냈습니다: {file}</translation>
    </message>
    <message>
        <source>Exported: {file} and {others}</source>
        <translation>내보냈습니다: {file}, {others}</translation>
    </message>
</context>
</TS>
